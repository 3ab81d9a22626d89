#include "services/deployment/container_of.hpp"

#include "services/deployment/site_of.hpp"

#include <algorithm>
#include <cmath>

namespace panel::deployment {

std::map<std::string, std::string> labels_of(std::int64_t project_id, std::int64_t deployment_id,
                                             const Settings& settings) {
    return {{label_installation, settings.installation},
            {label_project, std::to_string(project_id)},
            {label_deployment, std::to_string(deployment_id)}};
}

ContainerLimits limits_of(const Project& project, const Settings& settings) {
    ContainerLimits limits{settings.app_memory_bytes, settings.app_cpus, settings.app_processes};
    if (project.limits.memory_mb) limits.memory_bytes = *project.limits.memory_mb << 20;
    if (project.limits.cpus) limits.cpus = *project.limits.cpus;
    if (project.limits.processes) limits.processes = *project.limits.processes;
    if (settings.cpu_count > 0) limits.cpus = std::min(limits.cpus, double(settings.cpu_count));
    return limits;
}

docker::ContainerSpec container_of(const Project& project, const Release& release,
                                   const std::vector<std::pair<std::string, std::string>>& environment,
                                   const Settings& settings) {
    const auto slot = parse_slot(release.slot);
    docker::ContainerSpec spec;
    spec.name = container_name(settings, project.id, slot);
    spec.image = release.image_id;
    spec.network = network_name(settings, project.id);
    spec.labels = labels_of(project.id, release.deployment_id, settings);
    spec.container_port = static_cast<std::uint16_t>(release.container_port);
    spec.host_port = slot_port(project, slot);
    const auto limits = limits_of(project, settings);
    spec.memory_bytes = limits.memory_bytes;
    spec.nano_cpus = std::llround(limits.cpus * 1e9);
    spec.process_limit = limits.processes;
    spec.environment = {{"PORT", std::to_string(release.container_port)}, {"HOST", "0.0.0.0"}};
    for (const auto& variable : environment) {
        std::erase_if(spec.environment, [&](const auto& ours) { return ours.first == variable.first; });
        spec.environment.push_back(variable);
    }
    return spec;
}

} // namespace panel::deployment
