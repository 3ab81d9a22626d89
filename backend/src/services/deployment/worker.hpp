#pragma once
// Claims deployments and runs them, at most `concurrent_builds` at once. Owned by App. Loop thread only.

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
    // Takes no more, interrupts what runs, hands the claims back.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);

  private:
    boost::asio::awaitable<void> free_claims();
    boost::asio::awaitable<void> hand_back();
    boost::asio::awaitable<void> claim_deployments();
    boost::asio::awaitable<void> run_claimed(database::Claim claim);

    Ports& ports_;
    Runner& runner_;
    JobBell& bell_;
    bool stopping_ = false;
    int busy_ = 0;
    TaskGroup tasks_;
};

} // namespace panel::deployment
