#pragma once
// An application: where its code is, how it is built when the user overrides detection, where it answers.
// Plain data and pure rules.

#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace panel {

enum class ProjectStatus { pending, active, failed, stopped };
// What becomes of the container of a release that was replaced: rolling stops it, blue_green keeps it warm
// until the next deployment.
enum class ReleaseStrategy { rolling, blue_green };

inline constexpr int default_watch_seconds = 60;
inline constexpr int longest_watch_seconds = 600;

// What the user set; nothing means "detect at each deployment".
struct ProjectOverrides {
    std::optional<std::string> framework;
    std::optional<std::string> install_command;
    std::optional<std::string> build_command;
    std::optional<std::string> start_command;
    std::optional<std::string> output_dir;
    std::optional<int> port;
    std::optional<std::string> dockerfile_path;
};

// What one running release may use; nothing means the server's default.
struct ProjectLimits {
    std::optional<std::int64_t> memory_mb; // MiB
    std::optional<double> cpus;            // processors: 0.5 is half of one
    std::optional<std::int64_t> processes; // processes and threads together
};

struct Project {
    std::int64_t id = 0;
    std::int64_t user_id = 0; // owner
    std::string name;         // AppSlug
    std::string git_url;      // GitUrl
    std::string git_branch = "main";
    std::string root_directory;           // RelPath, "" for the root
    std::optional<std::string> framework; // last detected, or overrides.framework
    std::optional<std::string> baas_type;
    std::int64_t frontend_port = 0; // blue slot; green is the next port
    std::optional<std::int64_t> backend_port;
    ProjectOverrides overrides;
    ProjectLimits limits;
    std::string health_path = "/";
    bool auto_deploy = true;
    ReleaseStrategy release_strategy = ReleaseStrategy::rolling;
    int watch_seconds = default_watch_seconds; // after a switch; 0: not watched
    ProjectStatus status = ProjectStatus::pending;
    std::string status_reason; // one sentence, "" when there is nothing to say
    std::optional<std::int64_t> live_deployment_id;
    std::optional<std::int64_t> pinned_deployment_id; // the live one, when pushes must not replace it
    std::optional<std::int64_t> warm_deployment_id;   // its container runs in the slot that is not live
    Timestamp created_at;
    Timestamp updated_at;

    [[nodiscard]] std::int64_t blue_port() const { return frontend_port; }
    [[nodiscard]] std::int64_t green_port() const { return frontend_port + 1; }
};

[[nodiscard]] std::string_view to_string(ProjectStatus status);
[[nodiscard]] std::optional<ProjectStatus> parse_project_status(std::string_view text);
[[nodiscard]] std::string_view to_string(ReleaseStrategy strategy);
[[nodiscard]] std::optional<ReleaseStrategy> parse_release_strategy(std::string_view text);

} // namespace panel
