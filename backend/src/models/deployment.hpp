#pragma once
// One attempt to make one commit of a project live, its steps, and why it failed. Plain data and the rules of
// its states.

#include "base/clock.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel {

enum class DeploymentStatus { pending, building, deploying, success, failed, cancelled, superseded };
enum class Trigger { manual, webhook, api, rollback, schedule };
// Of a release after the switch: it is looked at until watch_until. `failed` ends a success as failed.
enum class Watch { none, watching, passed, failed };
enum class StepName { queued, clone, detect, build, start, health, switch_over, drain, finish };
enum class StepStatus { pending, running, success, failed, skipped, cancelled };

inline constexpr std::array all_steps{StepName::queued,      StepName::clone, StepName::detect,
                                      StepName::build,       StepName::start, StepName::health,
                                      StepName::switch_over, StepName::drain, StepName::finish};

struct Step {
    StepName name = StepName::queued;
    StepStatus status = StepStatus::pending;
    std::optional<Timestamp> started_at;
    std::optional<std::int64_t> duration_ms;
};

// Why a deployment failed, in words for its user.
struct Explanation {
    std::string reason;                   // stable word: "out_of_memory", "port_not_listening", ...
    std::string sentence;                 // what happened
    std::string visitors;                 // what visitors see now
    std::string next_step;                // what to do
    std::optional<std::int64_t> log_line; // 1-based
    std::string log_text;
};

struct Deployment {
    std::int64_t id = 0;
    std::int64_t project_id = 0;
    std::string commit_hash; // "" until clone knows it
    std::string commit_message;
    std::string commit_author;
    std::string branch;
    DeploymentStatus status = DeploymentStatus::pending;
    Trigger triggered_by = Trigger::manual;
    std::optional<std::int64_t> rollback_of; // the deployment whose release is started again
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> completed_at;
    std::string error_message;
    Timestamp created_at;
    bool cancel_requested = false;
    Watch watch = Watch::none;
    std::optional<Timestamp> watch_until;
    std::int64_t watch_restarts = 0;                    // of its container, when it went live
    std::optional<std::int64_t> replaced_deployment_id; // live before it; nothing before it is live
    std::optional<std::int64_t> switch_back_of;         // the deployment that failed its watch
    bool pin_when_live = false;

    [[nodiscard]] std::optional<double> duration_seconds() const;
};

// What a deployment keeps so that it can be rolled back to: image, slot, plan and the (encrypted) environment
// it ran with.
struct Release {
    std::int64_t deployment_id = 0;
    std::int64_t project_id = 0;
    std::string kind;        // "server" or "static"
    std::string image_id;    // "sha256:...", "" for static
    std::string plan_json;   // the plan as detected and overridden
    std::string environment; // SecretBox ciphertext of the runtime environment as JSON
    std::string health_path;
    int container_port = 0;
    std::string slot; // "blue", "green", "static": where it ran last
    // Whose label its container carries: another's, when a rollback found the container still running.
    std::optional<std::int64_t> container_deployment_id;
    bool image_available = true;
    Timestamp created_at;
};

[[nodiscard]] bool is_final(DeploymentStatus status);
[[nodiscard]] bool may_change(DeploymentStatus from, DeploymentStatus to);

[[nodiscard]] std::string_view to_string(DeploymentStatus status);
[[nodiscard]] std::string_view to_string(Trigger trigger);
[[nodiscard]] std::string_view to_string(StepName name); // switch_over is "switch" outside
[[nodiscard]] std::string_view to_string(StepStatus status);
[[nodiscard]] std::string_view to_string(Watch watch);
[[nodiscard]] std::optional<DeploymentStatus> parse_deployment_status(std::string_view text);
[[nodiscard]] std::optional<Trigger> parse_trigger(std::string_view text);
[[nodiscard]] std::optional<StepName> parse_step_name(std::string_view text);
[[nodiscard]] std::optional<StepStatus> parse_step_status(std::string_view text);
[[nodiscard]] std::optional<Watch> parse_watch(std::string_view text);

} // namespace panel
