#include "models/deployment.hpp"

#include <utility>

namespace panel {

namespace {

template <class T, std::size_t count> using Names = std::array<std::pair<T, std::string_view>, count>;

constexpr Names<DeploymentStatus, 7> status_names{{
    {DeploymentStatus::pending, "pending"},
    {DeploymentStatus::building, "building"},
    {DeploymentStatus::deploying, "deploying"},
    {DeploymentStatus::success, "success"},
    {DeploymentStatus::failed, "failed"},
    {DeploymentStatus::cancelled, "cancelled"},
    {DeploymentStatus::superseded, "superseded"},
}};
constexpr Names<Trigger, 5> trigger_names{{
    {Trigger::manual, "manual"},
    {Trigger::webhook, "webhook"},
    {Trigger::api, "api"},
    {Trigger::rollback, "rollback"},
    {Trigger::schedule, "schedule"},
}};
constexpr Names<StepName, 9> step_names{{
    {StepName::queued, "queued"},
    {StepName::clone, "clone"},
    {StepName::detect, "detect"},
    {StepName::build, "build"},
    {StepName::start, "start"},
    {StepName::health, "health"},
    {StepName::switch_over, "switch"},
    {StepName::drain, "drain"},
    {StepName::finish, "finish"},
}};
constexpr Names<StepStatus, 6> step_status_names{{
    {StepStatus::pending, "pending"},
    {StepStatus::running, "running"},
    {StepStatus::success, "success"},
    {StepStatus::failed, "failed"},
    {StepStatus::skipped, "skipped"},
    {StepStatus::cancelled, "cancelled"},
}};

constexpr Names<Watch, 4> watch_names{{
    {Watch::none, "none"},
    {Watch::watching, "watching"},
    {Watch::passed, "passed"},
    {Watch::failed, "failed"},
}};

template <class T, std::size_t count> std::string_view name_of(const Names<T, count>& names, T value) {
    for (const auto& [candidate, name] : names)
        if (candidate == value) return name;
    return {};
}

template <class T, std::size_t count>
std::optional<T> value_of(const Names<T, count>& names, std::string_view text) {
    for (const auto& [value, name] : names)
        if (name == text) return value;
    return std::nullopt;
}

} // namespace

std::optional<double> Deployment::duration_seconds() const {
    if (!started_at || !completed_at) return std::nullopt;
    return static_cast<double>((*completed_at - *started_at).count()) / 1000.0;
}

bool is_final(DeploymentStatus status) {
    return status != DeploymentStatus::pending && status != DeploymentStatus::building &&
           status != DeploymentStatus::deploying;
}

bool may_change(DeploymentStatus from, DeploymentStatus to) {
    using enum DeploymentStatus;
    switch (from) {
    case pending:
        return to == building || to == deploying || to == failed || to == cancelled || to == superseded;
    case building: return to == deploying || to == failed || to == cancelled;
    case deploying: return to == success || to == failed || to == cancelled;
    default: return false;
    }
}

std::string_view to_string(DeploymentStatus status) { return name_of(status_names, status); }
std::string_view to_string(Trigger trigger) { return name_of(trigger_names, trigger); }
std::string_view to_string(StepName name) { return name_of(step_names, name); }
std::string_view to_string(StepStatus status) { return name_of(step_status_names, status); }
std::string_view to_string(Watch watch) { return name_of(watch_names, watch); }
std::optional<DeploymentStatus> parse_deployment_status(std::string_view text) {
    return value_of(status_names, text);
}
std::optional<Trigger> parse_trigger(std::string_view text) { return value_of(trigger_names, text); }
std::optional<StepName> parse_step_name(std::string_view text) { return value_of(step_names, text); }
std::optional<StepStatus> parse_step_status(std::string_view text) {
    return value_of(step_status_names, text);
}
std::optional<Watch> parse_watch(std::string_view text) { return value_of(watch_names, text); }

} // namespace panel
