#pragma once
// Hands out again what dead workers held: a task whose lease ran out longer than the grace ago has failed a
// try. Looks at start and then at intervals, at all queues that this server serves. Judging and moving are
// two steps, and the move happens only while lease and message are still those that were judged, so that
// recoverers may be late, many or suspended. Owned by RedisQueue; spawn run() in a task group. Loop thread
// only.

#include "services/queue/asynq/task_store.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <string>
#include <vector>

namespace panel::queue::asynq {

class Recoverer {
  public:
    explicit Recoverer(TaskStore& store) : store_(store) {}

    boost::asio::awaitable<void> run(); // until cancelled
    boost::asio::awaitable<void> recover_all();

  private:
    boost::asio::awaitable<Result<void>> recover(std::string queue);
    boost::asio::awaitable<Result<std::size_t>> recover_some(std::string queue);
    boost::asio::awaitable<Result<void>> adopt(std::string queue);
    [[nodiscard]] Step step_for(const std::string& queue, Found task, std::int64_t cutoff) const;

    TaskStore& store_;
    std::map<std::string, std::vector<std::string>> suspects_; // queue -> active ids without a lease
};

} // namespace panel::queue::asynq
