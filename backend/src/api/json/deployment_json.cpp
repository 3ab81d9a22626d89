#include "api/json/deployment_json.hpp"

#include "services/deployment/rollback.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cmath>

namespace panel::api::wire {

namespace {

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

// Whole milliseconds: 34.6, not 34.600000000000001.
std::optional<double> rounded(std::optional<double> seconds) {
    if (!seconds) return std::nullopt;
    return std::round(*seconds * 1000) / 1000;
}

// Stored plans are written for people, over many lines; on the wire they are one.
std::string compact(const std::string& document) {
    boost::json::error_code failure;
    const auto value = boost::json::parse(document, failure);
    return failure || !value.is_object() ? "null" : boost::json::serialize(value);
}

} // namespace

Deployment to_wire(const DeploymentRow& row, std::optional<std::string> url) {
    const auto& deployment = row.deployment;
    Deployment out;
    out.id = deployment.id;
    out.project_id = deployment.project_id;
    out.project_name = row.project_name;
    out.commit_hash = unless_empty(deployment.commit_hash);
    out.commit_message = unless_empty(deployment.commit_message);
    out.commit_author = unless_empty(deployment.commit_author);
    out.branch = deployment.branch;
    out.status = deployment.status;
    out.triggered_by = deployment.triggered_by;
    out.rollback_of = deployment.rollback_of;
    out.is_live = row.is_live;
    out.can_roll_back = row.can_roll_back;
    out.is_pinned = row.is_pinned;
    out.started_at = deployment.started_at;
    out.completed_at = deployment.completed_at;
    out.duration = rounded(deployment.duration_seconds());
    out.error_message = unless_empty(deployment.error_message);
    out.created_at = deployment.created_at;
    out.url = std::move(url);
    out.watch = deployment.watch;
    out.watch_until = deployment.watch_until;
    out.switch_back_of = deployment.switch_back_of;
    return out;
}

Deployment to_wire(const DeploymentDetail& detail, std::optional<std::string> url) {
    auto out = to_wire(detail.row, std::move(url));
    std::vector<Step> steps;
    steps.reserve(detail.steps.size());
    for (const auto& step : detail.steps)
        steps.push_back({step.name, step.status, step.started_at, step.duration_ms});
    out.steps = std::move(steps);
    using Plans = json::Patch<json::RawJson<Plan>>;
    out.plan =
        detail.plan_json.empty() ? Plans::null() : Plans(json::RawJson<Plan>{compact(detail.plan_json)});
    if (const auto& why = detail.explanation)
        out.explanation = Explanation{why->reason,    why->sentence, why->visitors,
                                      why->next_step, why->log_line, unless_empty(why->log_text)};
    else
        out.explanation = json::Patch<Explanation>::null();
    if (detail.row.can_roll_back) out.not_restored = deployment::not_restored_by(detail.plan_json);
    return out;
}

} // namespace panel::api::wire
