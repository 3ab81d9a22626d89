#pragma once
// Deployments as they go over the wire. Lists leave steps, plan and explanation out; the detail has them.
// Plain data.

#include "api/json/field_types.hpp"
#include "api/json/plan_json.hpp"
#include "base/clock.hpp"
#include "models/deployment.hpp"
#include "models/deployment_row.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace panel::api::wire {

struct Step {
    static constexpr std::string_view schema_name = "Step";
    StepName name = StepName::queued;
    StepStatus status = StepStatus::pending;
    std::optional<Timestamp> started_at;
    std::optional<std::int64_t> duration_ms;
};
BOOST_DESCRIBE_STRUCT(Step, (), (name, status, started_at, duration_ms))

struct Explanation {
    static constexpr std::string_view schema_name = "Explanation";
    std::string reason;
    std::string sentence;
    std::string visitors;
    std::string next_step;
    std::optional<std::int64_t> log_line; // 1-based
    std::optional<std::string> log_text;
};
BOOST_DESCRIBE_STRUCT(Explanation, (), (reason, sentence, visitors, next_step, log_line, log_text))

struct Deployment {
    static constexpr std::string_view schema_name = "Deployment";
    std::int64_t id = 0;
    std::int64_t project_id = 0;
    std::string project_name;
    std::optional<std::string> commit_hash; // null until it is known
    std::optional<std::string> commit_message;
    std::optional<std::string> commit_author;
    std::string branch;
    DeploymentStatus status = DeploymentStatus::pending;
    Trigger triggered_by = Trigger::manual;
    std::optional<std::int64_t> rollback_of;
    bool is_live = false;
    bool can_roll_back = false;
    bool is_pinned = false; // its project is pinned to it
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> completed_at;
    std::optional<double> duration; // seconds
    std::optional<std::string> error_message;
    Timestamp created_at;
    std::optional<std::string> url;
    Watch watch = Watch::none;
    std::optional<Timestamp> watch_until;
    std::optional<std::int64_t> switch_back_of;
    json::Maybe<std::vector<Step>> steps;
    json::Patch<json::RawJson<Plan>> plan;
    json::Patch<Explanation> explanation;
    json::Maybe<std::vector<std::string>>
        not_restored; // of what can be gone back to, and in the answer to a rollback
};
BOOST_DESCRIBE_STRUCT(Deployment, (),
                      (id, project_id, project_name, commit_hash, commit_message, commit_author, branch,
                       status, triggered_by, rollback_of, is_live, can_roll_back, is_pinned, started_at,
                       completed_at, duration, error_message, created_at, url, watch, watch_until,
                       switch_back_of, steps, plan, explanation, not_restored))

struct DeploymentInput {
    static constexpr std::string_view schema_name = "DeploymentInput";
    std::optional<json::Text<250>> branch;
    std::optional<json::Text<64>> commit_hash;
    std::optional<bool> release_pin;
};
BOOST_DESCRIBE_STRUCT(DeploymentInput, (), (branch, commit_hash, release_pin))

struct RollbackInput {
    static constexpr std::string_view schema_name = "RollbackInput";
    std::optional<bool> pin;
};
BOOST_DESCRIBE_STRUCT(RollbackInput, (), (pin))

// Without steps, plan and explanation.
[[nodiscard]] Deployment to_wire(const DeploymentRow& row, std::optional<std::string> url);
[[nodiscard]] Deployment to_wire(const DeploymentDetail& detail, std::optional<std::string> url);

} // namespace panel::api::wire
