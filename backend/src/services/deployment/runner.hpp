#pragma once
// Runs claimed deployments: feeds the pipeline's actions to an Execution, keeps the claim alive, cancels, and
// ends each deployment with the truth. Owned by App; tasks that it spawns live in its own TaskGroup. Loop
// thread only.

#include "base/task_group.hpp"
#include "database/claim_repo.hpp"
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
    static constexpr int most_attempts = 3;

    Runner(boost::asio::any_io_executor executor, Ports& ports);

    // Runs the claimed deployment to its end, or until stop(). Never throws what a deployment can cause.
    boost::asio::awaitable<void> run(database::Claim claim);

    // Asks a running deployment to end as cancelled; false when it does not run here.
    bool cancel(std::int64_t deployment_id);
    // Ends what another process has asked to cancel. Database failures are exceptions.
    boost::asio::awaitable<void> find_cancelled();
    // Interrupts everything that runs; the deployments stay unfinished and go on where the next start finds
    // them.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);
    [[nodiscard]] std::size_t running() const { return running_.size(); }

  private:
    enum class Interruption { none, cancelled, shutdown, claim_lost };
    struct Running {
        boost::asio::cancellation_signal signal;
        Execution* execution = nullptr; // while it lives
        Interruption interruption = Interruption::none;
        bool ended = false;
        boost::asio::steady_timer heartbeat;
        boost::asio::steady_timer
            claim_end; // by the monotonic clock: what the database says may not be heard
        Running(const boost::asio::any_io_executor& executor, std::chrono::milliseconds claim_time)
            : heartbeat(executor), claim_end(executor, claim_time) {}
    };

    boost::asio::awaitable<void> run_claimed(database::Claim claim, std::shared_ptr<Running> running);
    boost::asio::awaitable<Outcome> run_actions(Execution& execution, std::shared_ptr<Running> running,
                                                int attempts);
    // An action that passes its limit fails; why is on the execution.
    boost::asio::awaitable<Result<void>> perform_in_time(Execution& execution, Action action);
    boost::asio::awaitable<Outcome> perform(Execution& execution, Action action, const Pipeline& pipeline,
                                            std::shared_ptr<Running> running);
    boost::asio::awaitable<void> keep_claim(database::Claim claim, std::shared_ptr<Running> running);
    boost::asio::awaitable<Outcome> give_up(Execution& execution);
    boost::asio::awaitable<void> watch_claim(std::shared_ptr<Running> running);
    boost::asio::awaitable<bool> beat(database::Claim claim, std::shared_ptr<Running> running);
    boost::asio::awaitable<void> release(database::Claim claim);
    boost::asio::awaitable<void> prune(std::int64_t project_id);
    void interrupt(Running& running, Interruption interruption);

    boost::asio::any_io_executor executor_;
    Ports& ports_;
    std::map<std::int64_t, std::shared_ptr<Running>> running_; // by deployment; shared with the heartbeat
    TaskGroup tasks_;
};

} // namespace panel::deployment
