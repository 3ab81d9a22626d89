#pragma once
// Projects as they go over the wire. In requests, a build setting that is null or left out is detected at
// each deployment. Plain data.

#include "api/json/deployment_json.hpp"
#include "api/json/environment_json.hpp"
#include "api/json/field_types.hpp"
#include "base/clock.hpp"
#include "models/project.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace panel::project {
struct ProjectView;
} // namespace panel::project

namespace panel::api::wire {

struct Project {
    static constexpr std::string_view schema_name = "Project";
    std::int64_t id = 0;
    std::int64_t user_id = 0;
    std::string name;
    std::string git_url;
    std::string git_branch;
    std::string root_directory;
    std::optional<std::string> framework;
    bool framework_pinned = false;
    std::optional<std::string> baas_type;
    std::int64_t frontend_port = 0;
    std::optional<std::int64_t> backend_port;
    std::optional<std::string> install_command;
    std::optional<std::string> build_command;
    std::optional<std::string> start_command;
    std::optional<std::string> output_dir;
    std::optional<int> port;
    std::optional<std::string> dockerfile_path;
    std::optional<std::int64_t> memory_limit_mb;
    std::optional<double> cpu_limit;
    std::optional<std::int64_t> process_limit;
    std::string health_path;
    bool auto_deploy = true;
    ReleaseStrategy release_strategy = ReleaseStrategy::rolling;
    int watch_seconds = 0;
    ProjectStatus status = ProjectStatus::pending;
    std::optional<std::string> status_reason;
    std::string url;
    std::optional<std::int64_t> live_deployment_id;
    std::optional<std::int64_t> pinned_deployment_id;
    std::optional<Deployment> latest_deployment;
    Timestamp created_at;
    Timestamp updated_at;
};
BOOST_DESCRIBE_STRUCT(Project, (),
                      (id, user_id, name, git_url, git_branch, root_directory, framework, framework_pinned,
                       baas_type, frontend_port, backend_port, install_command, build_command, start_command,
                       output_dir, port, dockerfile_path, memory_limit_mb, cpu_limit, process_limit,
                       health_path, auto_deploy, release_strategy, watch_seconds, status, status_reason, url,
                       live_deployment_id, pinned_deployment_id, latest_deployment, created_at, updated_at))

struct ProjectInput {
    static constexpr std::string_view schema_name = "ProjectInput";
    json::Text<100> name;
    json::Text<2048> git_url;
    std::optional<json::Text<250>> git_branch;
    std::optional<json::Text<1024>> root_directory;
    std::optional<json::Text<100>> framework;
    std::optional<json::Text<4096>> install_command;
    std::optional<json::Text<4096>> build_command;
    std::optional<json::Text<4096>> start_command;
    std::optional<json::Text<1024>> output_dir;
    std::optional<int> port;
    std::optional<json::Text<1024>> dockerfile_path;
    std::optional<std::int64_t> memory_limit_mb;
    std::optional<double> cpu_limit;
    std::optional<std::int64_t> process_limit;
    std::optional<json::Text<1024>> health_path;
    std::optional<bool> auto_deploy;
    std::optional<ReleaseStrategy> release_strategy;
    std::optional<int> watch_seconds;
    std::optional<std::vector<EnvironmentVariableInput>> environment;
};
BOOST_DESCRIBE_STRUCT(ProjectInput, (),
                      (name, git_url, git_branch, root_directory, framework, install_command, build_command,
                       start_command, output_dir, port, dockerfile_path, memory_limit_mb, cpu_limit,
                       process_limit, health_path, auto_deploy, release_strategy, watch_seconds, environment))

struct ProjectPatch {
    static constexpr std::string_view schema_name = "ProjectPatch";
    json::Maybe<json::Text<100>> name;
    json::Maybe<json::Text<2048>> git_url;
    json::Maybe<json::Text<250>> git_branch;
    json::Maybe<json::Text<1024>> root_directory;
    json::Patch<json::Text<100>> framework;
    json::Patch<json::Text<4096>> install_command;
    json::Patch<json::Text<4096>> build_command;
    json::Patch<json::Text<4096>> start_command;
    json::Patch<json::Text<1024>> output_dir;
    json::Patch<int> port;
    json::Patch<json::Text<1024>> dockerfile_path;
    json::Patch<std::int64_t> memory_limit_mb;
    json::Patch<double> cpu_limit;
    json::Patch<std::int64_t> process_limit;
    json::Maybe<json::Text<1024>> health_path;
    json::Maybe<bool> auto_deploy;
    json::Maybe<ReleaseStrategy> release_strategy;
    json::Maybe<int> watch_seconds;
};
BOOST_DESCRIBE_STRUCT(ProjectPatch, (),
                      (name, git_url, git_branch, root_directory, framework, install_command, build_command,
                       start_command, output_dir, port, dockerfile_path, memory_limit_mb, cpu_limit,
                       process_limit, health_path, auto_deploy, release_strategy, watch_seconds))

struct PinInput {
    static constexpr std::string_view schema_name = "PinInput";
    std::int64_t deployment_id = 0;
};
BOOST_DESCRIBE_STRUCT(PinInput, (), (deployment_id))

[[nodiscard]] Project to_wire(const project::ProjectView& view);

} // namespace panel::api::wire
