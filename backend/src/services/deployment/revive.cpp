#include "services/deployment/revive.hpp"

#include "services/deployment/container_of.hpp"
#include "services/environment/environment_service.hpp"

namespace panel::deployment {

boost::asio::awaitable<Result<void>> revive(Ports& ports, const Project& project, const Release& release) {
    auto environment =
        ports.environment.open_snapshot(release.project_id, release.deployment_id, release.environment);
    if (!environment) co_return std::unexpected(environment.error());
    auto spec = container_of(project, release, *environment, ports.settings);
    const auto container = co_await ports.docker.create_container(std::move(spec));
    if (!container) co_return std::unexpected(container.error());
    co_return co_await ports.docker.start_container(*container);
}

} // namespace panel::deployment
