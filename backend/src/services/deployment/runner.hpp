#pragma once
// Runs claimed deployments: feeds the pipeline's actions to an Execution, keeps the lease alive, cancels, and
// ends each deployment with the truth. Owned by App; tasks that it spawns live in its own TaskGroup. Loop
// thread only.

#include "base/task_group.hpp"
#include "database/job_repo.hpp"
#include "services/deployment/execution.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>

namespace panel::deployment {

class Runner {
  public:
    static constexpr std::chrono::milliseconds lease_time{30'000};
    static constexpr std::chrono::milliseconds heartbeat_time{10'000};
    static constexpr int most_attempts = 3;

    Runner(boost::asio::any_io_executor executor, Ports& ports);

    // Runs the job's deployment to its end, or until stop(). Never throws what a deployment can cause.
    boost::asio::awaitable<void> run(database::JobRow job);

    // Asks a running deployment to end as cancelled; false when it does not run here.
    bool cancel(std::int64_t deployment_id);
    // Interrupts everything that runs; the deployments stay unfinished and go on where the next start finds
    // them.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);
    [[nodiscard]] std::size_t running() const { return running_.size(); }

  private:
    enum class Interruption { none, cancelled, shutdown, lease_lost };
    struct Running {
        boost::asio::cancellation_signal signal;
        Interruption interruption = Interruption::none;
        bool ended = false;
        boost::asio::steady_timer heartbeat;
        explicit Running(boost::asio::any_io_executor executor) : heartbeat(std::move(executor)) {}
    };

    boost::asio::awaitable<void> run_claimed(database::JobRow job, std::shared_ptr<Running> running);
    boost::asio::awaitable<Outcome> run_actions(Execution& execution, std::shared_ptr<Running> running,
                                                int attempts);
    boost::asio::awaitable<Outcome> perform(Execution& execution, Action action, const Pipeline& pipeline,
                                            std::shared_ptr<Running> running);
    boost::asio::awaitable<void> keep_lease(database::JobRow job, std::shared_ptr<Running> running);
    boost::asio::awaitable<Outcome> give_up(Execution& execution);
    boost::asio::awaitable<void> complete(database::JobRow job);
    boost::asio::awaitable<void> prune(std::int64_t project_id);
    void interrupt(Running& running, Interruption interruption);

    boost::asio::any_io_executor executor_;
    Ports& ports_;
    std::map<std::int64_t, std::shared_ptr<Running>> running_; // by deployment; shared with the heartbeat
    TaskGroup tasks_;
};

} // namespace panel::deployment
