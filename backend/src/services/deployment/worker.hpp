#pragma once
// Works on deployments: the queue says for which project there is something to do, the claim in the database
// says what it is and that nobody else does it. A job that was rung for nothing is done at once. Owned by
// App. Loop thread only.

#include "base/task_group.hpp"
#include "services/deployment/job_bell.hpp"
#include "services/deployment/runner.hpp"
#include "services/queue/job_queue.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace panel::deployment {

class Worker {
  public:
    Worker(boost::asio::any_io_executor executor, Ports& ports, Runner& runner, JobBell& bell,
           queue::JobQueue& queue);

    // Frees what a process of this name held when it was killed, then serves the queue.
    void start();
    // Takes no more, interrupts what runs, hands claims and jobs back. The queue is stopped with it.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);

    // Works on the project's next deployment beside the queue, which does not answer.
    void work_without_queue(std::int64_t project_id);

  private:
    struct Turn; // one look at one project, shared by the job and the task that works
    boost::asio::awaitable<void> begin();
    boost::asio::awaitable<Result<void>> handle(queue::Delivery delivery);
    boost::asio::awaitable<void> take_turn(std::shared_ptr<Turn> turn);
    boost::asio::awaitable<void> work(std::int64_t project_id);
    boost::asio::awaitable<void> hand_back();

    boost::asio::any_io_executor executor_;
    Ports& ports_;
    Runner& runner_;
    JobBell& bell_;
    queue::JobQueue& queue_;
    bool stopping_ = false;
    int busy_ = 0;
    boost::asio::steady_timer place_; // cancelled whenever a place has become free
    TaskGroup tasks_;
};

} // namespace panel::deployment
