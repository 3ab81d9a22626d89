#pragma once
// Owner of detached coroutines: nothing in the program is detached except through a TaskGroup. Declare it as
// the last member of the object whose state its tasks touch, and co_await stop() before that object goes.
// Loop thread only.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace panel {

class TaskGroup {
  public:
    explicit TaskGroup(boost::asio::any_io_executor executor);
    ~TaskGroup(); // every task must have ended
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    // Starts the task now. The coroutine owns all its arguments. An exception that leaves it is logged with
    // the name. Returns an id for cancel(); after stop() began the task is dropped unstarted and 0 is
    // returned.
    std::uint64_t spawn(std::string name, boost::asio::awaitable<void> task);
    void cancel(std::uint64_t id);
    void cancel_all();
    // Cancels every task and waits until all have ended, at most `patience`. True when all have ended.
    boost::asio::awaitable<bool> stop(std::chrono::milliseconds patience);
    [[nodiscard]] std::size_t size() const;

  private:
    struct State;
    std::shared_ptr<State>
        state_; // shared with running tasks: a completion may outlive a group that gave up waiting
};

} // namespace panel
