#include "api/json/project_json.hpp"

#include "services/project/project_service.hpp"

namespace panel::api::wire {

Project to_wire(const project::ProjectView& view) {
    const auto& project = view.project;
    Project out;
    out.id = project.id;
    out.user_id = project.user_id;
    out.name = project.name;
    out.git_url = project.git_url;
    out.git_branch = project.git_branch;
    out.root_directory = project.root_directory;
    out.framework = project.framework;
    out.framework_pinned = project.overrides.framework.has_value();
    out.baas_type = project.baas_type;
    out.frontend_port = project.frontend_port;
    out.backend_port = project.backend_port;
    out.install_command = project.overrides.install_command;
    out.build_command = project.overrides.build_command;
    out.start_command = project.overrides.start_command;
    out.output_dir = project.overrides.output_dir;
    out.port = project.overrides.port;
    out.dockerfile_path = project.overrides.dockerfile_path;
    out.memory_limit_mb = project.limits.memory_mb;
    out.cpu_limit = project.limits.cpus;
    out.process_limit = project.limits.processes;
    out.health_path = project.health_path;
    out.auto_deploy = project.auto_deploy;
    out.release_strategy = project.release_strategy;
    out.watch_seconds = project.watch_seconds;
    out.status = project.status;
    if (!project.status_reason.empty()) out.status_reason = project.status_reason;
    out.url = view.url;
    out.live_deployment_id = project.live_deployment_id;
    out.pinned_deployment_id = project.pinned_deployment_id;
    if (view.latest) out.latest_deployment = to_wire(*view.latest, view.url);
    out.created_at = project.created_at;
    out.updated_at = project.updated_at;
    return out;
}

} // namespace panel::api::wire
