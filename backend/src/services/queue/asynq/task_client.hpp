#pragma once
// What a program that hands out work does: put tasks into queues, cancel, pause, look. Owned by RedisQueue.
// Loop thread only.

#include "base/clock.hpp"
#include "services/queue/asynq/task_store.hpp"
#include "services/queue/job_queue.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace panel::queue::asynq {

class TaskClient {
  public:
    TaskClient(redis::Redis& redis, const Clock& clock) : redis_(redis), clock_(clock) {}

    Answer<std::string> push(Job job);     // as JobQueue::push
    Answer<void> cancel(std::string id);   // as JobQueue::cancel
    Answer<void> pause(std::string queue); // as JobQueue::pause
    Answer<void> resume(std::string queue);
    Answer<QueueStats> stats(std::string queue);
    // Kept with a task while that exists. Errors: not_found, unavailable.
    Answer<void> write_result(std::string queue, std::string id, std::string result);

  private:
    Answer<void> announce(std::string queue);
    boost::asio::awaitable<redis::CallResult> send(const Job& job, std::string message);
    boost::asio::awaitable<bool> is_left_by_us(const Job& job, const std::string& message);
    void remember_doubt(const std::string& task);

    redis::Redis& redis_;
    const Clock& clock_;
    std::map<std::string, std::chrono::steady_clock::time_point> announced_; // queue -> when
    std::deque<std::string> in_doubt_; // tasks whose push was not answered: they may be there
};

} // namespace panel::queue::asynq
