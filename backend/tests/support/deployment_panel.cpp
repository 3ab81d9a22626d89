#include "support/deployment_panel.hpp"

#include <filesystem>
#include <string>

namespace panel::test {

namespace {

deployment::Settings test_settings() {
    deployment::Settings settings;
    settings.installation = "test";
    settings.app_domain = "localhost";
    settings.app_port = 8088;
    settings.worker_name = "worker";
    return settings;
}

std::filesystem::path made(const std::filesystem::path& directory) {
    std::filesystem::create_directories(directory);
    return directory;
}

} // namespace

DeploymentPanel::DeploymentPanel()
    : settings(test_settings()),
      secrets({Secret(std::string(32, 's'))}),
      markers(made(temp.directory.path() / "slots"), made(temp.directory.path() / "sites")),
      proxy(markers),
      environment(*temp.database, temp.clock, secrets),
      ports{*temp.database, temp.clock,  docker, git,       proxy,
            markers,        environment, events, temp.pool, settings},
      bell(loop.get_executor()),
      runner(loop.get_executor(), ports),
      deployments(*temp.database, temp.clock, events, bell, runner),
      live(ports),
      cleaner(ports, runner) {}

} // namespace panel::test
