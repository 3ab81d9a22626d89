#pragma once
// Deployments behind their services, for scenario tests: the real runner, services and SQLite, the fakes of
// the ports, a clock that stands still. What tests of the API and of deployments have in common.

#include "crypto/secret_box.hpp"
#include "services/caddy/slot_markers.hpp"
#include "services/deployment/deployment_events.hpp"
#include "services/deployment/deployment_service.hpp"
#include "services/deployment/job_bell.hpp"
#include "services/deployment/live_release.hpp"
#include "services/deployment/project_cleaner.hpp"
#include "services/deployment/runner.hpp"
#include "services/environment/environment_service.hpp"
#include "support/fakes/fake_docker.hpp"
#include "support/fakes/fake_git.hpp"
#include "support/fakes/fake_proxy.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>

namespace panel::test {

class DeploymentPanel {
  public:
    DeploymentPanel();
    DeploymentPanel(const DeploymentPanel&) = delete;
    DeploymentPanel& operator=(const DeploymentPanel&) = delete;

    template <class T>
    T run(boost::asio::awaitable<T> task, std::chrono::milliseconds deadline = std::chrono::seconds{60}) {
        return test::run(loop, std::move(task), deadline);
    }

    boost::asio::io_context loop{1};
    TempDatabase temp;
    deployment::Settings settings;
    crypto::SecretBox secrets;
    caddy::SlotMarkers markers;
    FakeDocker docker;
    FakeGit git;
    FakeProxy proxy;
    environment::EnvironmentService environment;
    deployment::DeploymentEvents events;
    deployment::Ports ports;
    deployment::JobBell bell;
    deployment::Runner runner;
    deployment::DeploymentService deployments;
    deployment::LiveRelease live;
    deployment::ProjectCleaner cleaner;

  protected:
    ~DeploymentPanel() = default;
};

} // namespace panel::test
