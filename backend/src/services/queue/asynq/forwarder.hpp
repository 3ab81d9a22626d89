#pragma once
// Makes scheduled and retried tasks pending when their time has come. It knows when the next is due and looks
// then, at the latest after the interval, and at once when it hears that something was scheduled. Owned by
// RedisQueue; spawn run() in a task group. Loop thread only.

#include "services/queue/asynq/task_store.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <optional>

namespace panel::queue::asynq {

class Forwarder {
  public:
    Forwarder(boost::asio::any_io_executor executor, TaskStore& store);

    boost::asio::awaitable<void> run(); // until cancelled
    void wake();
    boost::asio::awaitable<void> forward_all();

  private:
    boost::asio::awaitable<Result<void>> forward(std::string queue, std::string source);
    [[nodiscard]] std::chrono::milliseconds pause() const;

    TaskStore& store_;
    boost::asio::steady_timer next_look_;
    std::optional<std::int64_t> next_due_; // Unix seconds
    bool woken_ = false;
};

} // namespace panel::queue::asynq
