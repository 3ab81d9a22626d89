#pragma once
// Takes tasks and performs them, as many at once as it is told. Several takes are under way at a time as long
// as they find work, so that a distant Redis does not slow it; when they find none it looks again after a
// pause that doubles, and at once when it is woken. Owned by RedisQueue. Loop thread only.

#include "base/task_group.hpp"
#include "services/queue/asynq/queue_order.hpp"
#include "services/queue/asynq/running_task.hpp"
#include "services/queue/asynq/task_store.hpp"
#include "services/queue/job_queue.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace panel::queue::asynq {

class Worker {
  public:
    // `store` must outlive it.
    Worker(boost::asio::any_io_executor executor, TaskStore& store, Handler handler);

    void start();
    void wake();                        // a queue may have got work
    void cancel(const std::string& id); // the task with this id, if it runs here
    // As JobQueue::stop. Takes that are under way give back what they get.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);

    [[nodiscard]] const RunningTasks& running() const { return running_; }
    [[nodiscard]] bool is_stopping() const { return stopping_; }
    // For how long polls may pause: shorter while nobody would wake us.
    void set_longest_pause(std::chrono::milliseconds pause) { longest_pause_ = pause; }

  private:
    using Steady = std::chrono::steady_clock;
    boost::asio::awaitable<void> take_tasks();
    boost::asio::awaitable<void> take(std::size_t count);
    boost::asio::awaitable<Result<std::size_t>> take_from(std::string queue, std::size_t count);
    boost::asio::awaitable<void> give_back(std::string queue, std::vector<Found> tasks);
    boost::asio::awaitable<void> set_aside(std::string queue, std::string id, std::string raw);
    boost::asio::awaitable<void> perform(std::shared_ptr<RunningTask> task);
    boost::asio::awaitable<Result<void>> call_handler(std::shared_ptr<RunningTask> task);
    boost::asio::awaitable<void> end_try(std::shared_ptr<RunningTask> task, Result<void> outcome);
    boost::asio::awaitable<void> settle(std::shared_ptr<RunningTask> task, Step step);
    boost::asio::awaitable<void> watch_limits();
    boost::asio::awaitable<void> wait_for_handlers(std::chrono::milliseconds patience);
    [[nodiscard]] Step step_after(RunningTask& task, const Result<void>& outcome) const;
    [[nodiscard]] std::size_t room() const;
    void begin(TaskMessage message, std::int64_t lease_score, Steady::time_point asked_at);
    void interrupt(RunningTask& task, Interruption why);
    void note_look(const std::optional<std::size_t>& found);
    void warn(const std::string& queue, const Error& error);
    void signal();

    boost::asio::any_io_executor executor_;
    TaskStore& store_;
    const Settings& settings_;
    Handler handler_;
    QueueOrder order_;
    RunningTasks running_;
    std::size_t in_handlers_ = 0;
    std::size_t reserved_ = 0; // slots that takes under way may fill
    std::size_t takes_ = 0;    // under way
    bool flowing_ = false;     // the last look found work
    bool stopping_ = false;
    bool abandoned_ = false; // what could not be written until now is recovery's
    std::chrono::milliseconds pause_;
    std::chrono::milliseconds longest_pause_;
    std::chrono::milliseconds error_pause_{0};
    Steady::time_point next_look_;
    Steady::time_point next_warning_;
    boost::asio::steady_timer changed_;
    boost::asio::steady_timer idle_; // cancelled whenever a handler or a take has ended
    std::minstd_rand generator_{std::random_device{}()};
    TaskGroup tasks_;
};

} // namespace panel::queue::asynq
