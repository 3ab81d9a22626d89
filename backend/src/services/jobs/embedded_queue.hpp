#pragma once
// The job queue without Redis: a table of the own database, shared by any number of processes on it. Jobs of
// one group go in order, one at a time; among groups the turn goes round. A failed job waits outside its
// group for its next try. Leases are extended while a handler runs; what a dead process held is taken up when
// its lease has run out, or at once when a process of the same name starts. Owned by App, which also rings it
// when another process has written. co_await stop() before it goes. Loop thread only.

#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "database/job_repo.hpp"
#include "services/queue/job_queue.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::jobs {

struct EmbeddedSettings {
    std::string owner;            // of leases: no two living processes share it
    std::string queue{"default"}; // that serve() takes from
    int concurrency = 10;         // handlers at once
    std::chrono::milliseconds lease{30'000};
    std::chrono::milliseconds heartbeat{10'000};
    std::chrono::milliseconds longest_wait{1'000}; // between two looks for what is due
    std::chrono::milliseconds stop_limit{2'000};   // for handlers to end once they are cancelled
    std::chrono::hours archive_age{24 * 90};
    std::function<std::chrono::milliseconds(int retried)> retry_delay; // required: Asynq's
};

class EmbeddedQueue final : public queue::JobQueue {
  public:
    EmbeddedQueue(boost::asio::any_io_executor executor, database::Database& database, const Clock& clock,
                  EmbeddedSettings settings);
    ~EmbeddedQueue() override;

    boost::asio::awaitable<Result<std::string>> push(queue::Job job) override;
    void serve(queue::Handler handler) override;
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience) override;
    boost::asio::awaitable<Result<void>> cancel(std::string id) override;
    boost::asio::awaitable<Result<void>> pause(std::string queue) override;
    boost::asio::awaitable<Result<void>> resume(std::string queue) override;
    boost::asio::awaitable<Result<queue::QueueStats>> stats(std::string queue) override;

    // Something may be due: looks at once. For what other processes wrote.
    void ring();

  private:
    struct Running;
    boost::asio::awaitable<void> take_jobs();
    boost::asio::awaitable<void> look();
    boost::asio::awaitable<void> keep_leases();
    boost::asio::awaitable<void> extend_leases();
    boost::asio::awaitable<void> find_cancelled();
    boost::asio::awaitable<void> run(std::shared_ptr<Running> running);
    boost::asio::awaitable<Result<void>> attempt(std::shared_ptr<Running> running);
    boost::asio::awaitable<void> end(std::shared_ptr<Running> running, Result<void> outcome);
    void lapse(soci::session& session, const database::JobRow& job, Timestamp now) const;
    boost::asio::awaitable<Result<void>> set_paused(std::string queue, bool paused);

    boost::asio::any_io_executor executor_;
    database::Database& database_;
    const Clock& clock_;
    EmbeddedSettings settings_;
    queue::Handler handler_;
    std::map<std::int64_t, std::shared_ptr<Running>> running_; // by row; shared with the task that runs it
    boost::asio::steady_timer bell_;
    boost::asio::steady_timer ended_; // cancelled whenever a handler has ended
    bool rung_ = false;
    bool stopping_ = false;
    Timestamp next_sweep_{};
    TaskGroup tasks_;
};

} // namespace panel::jobs
