#pragma once
// Rows of `deployments` and `deployment_steps`. Functions block; call them inside Database::read or ::write.
// They throw soci::soci_error when the database breaks. State changes are guarded: they return false when the
// row is not in a state that may change so.

#include "base/clock.hpp"
#include "models/deployment_row.hpp"
#include "models/user.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace panel::database {

// Inserts a pending deployment with its nine step rows (queued is running); returns the id.
std::int64_t insert_deployment(soci::session& session, const Deployment& deployment,
                               const std::string& requested_commit);
[[nodiscard]] std::optional<Deployment> find_deployment(soci::session& session, const Principal& principal,
                                                        std::int64_t id);
[[nodiscard]] std::optional<DeploymentDetail>
find_deployment_detail(soci::session& session, const Principal& principal, std::int64_t id);
[[nodiscard]] std::string requested_commit(soci::session& session, std::int64_t id);
// Newest first, ids below `before` (0: from the top).
[[nodiscard]] std::vector<DeploymentRow> list_deployments(soci::session& session, std::int64_t project_id,
                                                          std::int64_t before, int limit);
[[nodiscard]] std::vector<DeploymentRow>
list_recent_deployments(soci::session& session, const Principal& principal, std::int64_t before, int limit);
// The newest deployment of each of the projects, by project id.
[[nodiscard]] std::map<std::int64_t, DeploymentRow>
latest_deployments(soci::session& session, const std::vector<std::int64_t>& project_ids);
// Of each status that any ever had. Counted as they change: no walk.
[[nodiscard]] std::map<DeploymentStatus, std::int64_t> count_deployments(soci::session& session);
// Not in a final state, oldest first; of one project, or of all (project_id 0).
[[nodiscard]] std::vector<Deployment> unfinished_deployments(soci::session& session, std::int64_t project_id);

bool set_deployment_status(soci::session& session, std::int64_t id, DeploymentStatus status,
                           Timestamp now); // sets started_at on the first
void set_deployment_commit(soci::session& session, std::int64_t id, const std::string& hash,
                           const std::string& message, const std::string& author);
void set_deployment_plan(soci::session& session, std::int64_t id, const std::string& plan_json);
// Ends it: status, completed_at, duration, error, explanation; steps still running become `step_outcome`,
// pending ones skipped. Its claim ends with it.
bool finish_deployment(soci::session& session, std::int64_t id, DeploymentStatus status,
                       const std::optional<Explanation>& explanation, StepStatus step_outcome, Timestamp now);
bool request_cancel(soci::session& session, std::int64_t id); // false when final
[[nodiscard]] bool cancel_requested(soci::session& session, std::int64_t id);
// The watch after the switch. Successful deployments under watch, oldest first.
[[nodiscard]] std::vector<Deployment> watched_deployments(soci::session& session);
// Writes watch, watch_until, watch_restarts and replaced_deployment_id of the deployment that goes live.
void begin_watch(soci::session& session, const Deployment& deployment);
bool end_watch(soci::session& session, std::int64_t id, Watch watch); // false when it is not watched
// A release that is replaced is watched no more.
void end_other_watches(soci::session& session, std::int64_t project_id, std::int64_t id);
// The one way from success to failed. False when it is not watched any more.
bool fail_watched(soci::session& session, std::int64_t id, const Explanation& explanation);
// What visitors see now, in the explanation of a failed deployment.
void tell_visitors(soci::session& session, std::int64_t id, const std::string& sentence);
void start_step(soci::session& session, std::int64_t id, StepName step, Timestamp now);
void end_step(soci::session& session, std::int64_t id, StepName step, StepStatus status, Timestamp now);
[[nodiscard]] std::vector<Step> list_steps(soci::session& session, std::int64_t id);

} // namespace panel::database
