#pragma once
// Looks at each release that went live until its watch time has passed, every two seconds: does its container
// run, does its health path answer. One that fails is ended as failed, and the release before it is brought
// back (DeploymentService::switch_back). What is watched is in the record, so a watch goes on after a restart
// of the panel and several processes may watch: the first that writes decides. While a newer deployment of
// the project waits or runs, the watch rests. Owned by App (worker). Loop thread only.

#include "base/task_group.hpp"
#include "services/deployment/execution.hpp"
#include "services/deployment/watch_judge.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <map>

namespace panel::deployment {

class DeploymentService;

class ReleaseWatch {
  public:
    static constexpr std::chrono::milliseconds interval{2'000};

    ReleaseWatch(boost::asio::any_io_executor executor, Ports& ports, DeploymentService& deployments);

    void start();
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);
    // One look at everything that is watched. Database failures are exceptions.
    boost::asio::awaitable<void> look();

  private:
    struct Watched {
        Deployment deployment;
        Project project;
        Release release;
        bool is_resting = false; // a newer deployment waits or runs
    };
    static std::vector<Watched> read_watched(soci::session& session);
    boost::asio::awaitable<void> keep_looking();
    boost::asio::awaitable<void> look_at(Watched watched);
    boost::asio::awaitable<Result<WatchLook>> see(const Watched& watched);
    boost::asio::awaitable<void> give_up(Watched watched, WatchLook seen);
    boost::asio::awaitable<void> end(const Watched& watched, Watch watch);
    WatchJudge& judge_of(const Deployment& deployment);

    Ports& ports_;
    DeploymentService& deployments_;
    Timestamp began_;
    std::map<std::int64_t, WatchJudge> judges_; // by deployment
    bool stopping_ = false;
    TaskGroup tasks_;
};

} // namespace panel::deployment
