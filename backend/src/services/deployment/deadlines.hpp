#pragma once
// How long each action of a deployment may take: the one list. The runner holds every action to its limit,
// whatever the parts behind it do; what they limit by themselves (a build, a health check, a drain) gets a
// margin on top, so that their own sentence comes first. Pure; any thread.

#include "models/deployment.hpp"
#include "services/deployment/pipeline.hpp"
#include "services/deployment/settings.hpp"

#include <chrono>
#include <optional>

namespace panel::deployment {

// Nothing for commit_live: it is one transaction, which is not cut off half-way; the database bounds it.
[[nodiscard]] std::optional<std::chrono::milliseconds> limit_of(Action action, const Settings& settings);

// The build itself, once it has room: part of the limit of Action::build.
[[nodiscard]] std::chrono::milliseconds build_limit_of(const Settings& settings);

// Why a deployment failed whose action passed its limit.
[[nodiscard]] Explanation explain_deadline(Action action, std::chrono::milliseconds limit);
// The same for what comes before the first action.
[[nodiscard]] Explanation explain_slow_start(std::chrono::milliseconds limit);

} // namespace panel::deployment
