#pragma once
// What a rollback is on the record, and what it leaves as it is. Pure; any thread.

#include "models/deployment.hpp"

#include <string>
#include <vector>

namespace panel::deployment {

// A deployment, not yet in the database, that starts the kept release of `target` again.
[[nodiscard]] Deployment rollback_row(const Deployment& target, Timestamp now);

// What going back to a release with this plan does not bring back; one sentence each. The rest - image or
// files, port, health path and environment - is exactly what it was.
[[nodiscard]] std::vector<std::string> not_restored_by(const std::string& plan_json);

} // namespace panel::deployment
