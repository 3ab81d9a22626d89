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
    ProjectStatus status = ProjectStatus::pending;
    std::optional<std::int64_t> live_deployment_id;
    Timestamp created_at;
    Timestamp updated_at;

    [[nodiscard]] std::int64_t blue_port() const { return frontend_port; }
    [[nodiscard]] std::int64_t green_port() const { return frontend_port + 1; }
};

[[nodiscard]] std::string_view to_string(ProjectStatus status);
[[nodiscard]] std::optional<ProjectStatus> parse_project_status(std::string_view text);

} // namespace panel
