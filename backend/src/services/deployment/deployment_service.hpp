#pragma once
// What the API asks of deployments: trigger, cancel, roll back, list, read. A trigger is answered only after
// its row is committed. Owned by App. Loop thread; every function suspends for the database. Errors:
// not_found (unknown or foreign), conflict (final already, image gone), pinned (the project keeps its
// release), invalid (bad branch or commit).

#include "base/result.hpp"
#include "database/deployment_repo.hpp"
#include "database/log_repo.hpp"
#include "models/deployment.hpp"
#include "models/user.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::deployment {

class DeploymentEvents;
class JobBell;
class Runner;

struct TriggerRequest {
    Trigger triggered_by = Trigger::manual;
    std::optional<std::string> branch;      // GitRef; default: the project's
    std::optional<std::string> commit_hash; // full hash; default: newest of the branch
    bool release_pin = false;               // a pinned project deploys only so; the pin goes
    // Both inside the transaction of the trigger. Nothing is triggered when the condition is false; the
    // answer is conflict.
    std::function<bool(soci::session&)> condition;
    std::function<void(soci::session&, std::int64_t deployment_id)> record;
};

struct Rollback {
    DeploymentDetail detail;
    std::vector<std::string> not_restored; // one sentence each
};

class DeploymentService {
  public:
    DeploymentService(database::Database& database, const Clock& clock, DeploymentEvents& events,
                      JobBell& bell, Runner& runner);

    boost::asio::awaitable<Result<DeploymentDetail>> trigger(Principal principal, std::int64_t project_id,
                                                             TriggerRequest request);
    boost::asio::awaitable<Result<DeploymentDetail>> cancel(Principal principal, std::int64_t deployment_id);
    // Starts the kept release of that deployment again, as a new deployment; `pin` keeps it until released.
    boost::asio::awaitable<Result<Rollback>> roll_back(Principal principal, std::int64_t deployment_id,
                                                       bool pin = true);
    // Ends a watched deployment as failed and starts a rollback to the release before it, in one transaction;
    // without one, it stays live. Nothing happens when it is not live and watched any more, or when a newer
    // deployment waits or runs.
    boost::asio::awaitable<void> switch_back(std::int64_t deployment_id, Explanation explanation);
    // Only the live deployment can be pinned, and not while another is on its way (conflict).
    boost::asio::awaitable<Result<void>> pin(Principal principal, std::int64_t project_id,
                                             std::int64_t deployment_id);
    boost::asio::awaitable<Result<void>> release_pin(Principal principal, std::int64_t project_id);

    boost::asio::awaitable<Result<DeploymentDetail>> find(Principal principal, std::int64_t deployment_id);
    boost::asio::awaitable<Result<std::vector<DeploymentRow>>>
    list(Principal principal, std::int64_t project_id, std::int64_t before, int limit);
    boost::asio::awaitable<std::vector<DeploymentRow>> list_recent(Principal principal, std::int64_t before,
                                                                   int limit);

    struct LogPage {
        database::LogSlice slice;
        bool end = false; // the deployment is final and the slice reaches the log's end
    };
    boost::asio::awaitable<Result<LogPage>> read_log(Principal principal, std::int64_t deployment_id,
                                                     std::int64_t offset, std::int64_t limit);

  private:
    database::Database& database_;
    const Clock& clock_;
    DeploymentEvents& events_;
    JobBell& bell_;
    Runner& runner_;
};

} // namespace panel::deployment
