#pragma once
// What a rollback is on the record, and what it leaves as it is. Pure; any thread.

#include "models/deployment.hpp"
#include "models/deployment_row.hpp"

#include <optional>
#include <string>
#include <vector>

namespace panel::deployment {

// A deployment, not yet in the database, that starts the kept release of `target` again.
[[nodiscard]] Deployment rollback_row(const Deployment& target, Timestamp now);

// What going back to a release with this plan does not bring back; one sentence each. The rest - image or
// files, port, health path and environment - is exactly what it was.
[[nodiscard]] std::vector<std::string> not_restored_by(const std::string& plan_json);

// When a release is given up in its watch: what visitors get (`target`: where the server goes back to), and
// with what the log of the rollback begins.
[[nodiscard]] std::string what_switch_back_means(const std::optional<DeploymentDetail>& target);
[[nodiscard]] std::string switch_back_log(const Deployment& failed, const Explanation& explanation,
                                          Timestamp now);

} // namespace panel::deployment
