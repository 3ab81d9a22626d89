#pragma once
// Claims jobs and runs them, at most `concurrent_builds` at once. Owned by App. Loop thread only.

#include "base/task_group.hpp"
#include "services/deployment/job_bell.hpp"
#include "services/deployment/runner.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace panel::deployment {

class Worker {
  public:
    Worker(boost::asio::any_io_executor executor, Ports& ports, Runner& runner, JobBell& bell);

    void start();
    // Takes no more jobs, interrupts what runs, gives the leases back.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);

  private:
    boost::asio::awaitable<void> give_back_leases();
    boost::asio::awaitable<void> claim_jobs();
    boost::asio::awaitable<void> run_job(database::JobRow job);
    boost::asio::awaitable<std::chrono::milliseconds> time_to_next();

    Ports& ports_;
    Runner& runner_;
    JobBell& bell_;
    bool stopping_ = false;
    int busy_ = 0;
    TaskGroup tasks_;
};

} // namespace panel::deployment
