#pragma once
// The container of a release: one way to it, for deployments and for reconcile alike. Pure.

#include "models/deployment.hpp"
#include "models/project.hpp"
#include "services/deployment/settings.hpp"
#include "services/docker/container_spec.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace panel::deployment {

[[nodiscard]] std::map<std::string, std::string>
labels_of(std::int64_t project_id, std::int64_t deployment_id, const Settings& settings);
// What a release of the project may use: its own limits, else the server's.
struct ContainerLimits {
    std::int64_t memory_bytes = 0; // 0: no limit
    double cpus = 0;               // 0: no limit
    std::int64_t processes = 0;
};
[[nodiscard]] ContainerLimits limits_of(const Project& project, const Settings& settings);

// In the slot that the release names. The user's variables win over PORT and HOST.
[[nodiscard]] docker::ContainerSpec
container_of(const Project& project, const Release& release,
             const std::vector<std::pair<std::string, std::string>>& environment, const Settings& settings);

} // namespace panel::deployment
