// The pin: what was rolled back to stays live until it is released.
#include "deployment_scenario.hpp"

#include <doctest/doctest.h>

using namespace panel;
using test::DeploymentScenario;

namespace {

Code refusal(DeploymentScenario& panel, deployment::TriggerRequest request = {}) {
    const auto answer =
        panel.run(panel.deployments.trigger(panel.owner, panel.project_id, std::move(request)));
    REQUIRE_FALSE(answer);
    return answer.error().code;
}

void deploy_two(DeploymentScenario& panel) {
    panel.push_server();
    panel.deploy();
    panel.deploy();
}

} // namespace

TEST_CASE("after a pinned rollback the next push deploys only when the pin is released") {
    DeploymentScenario panel;
    deploy_two(panel);
    const auto rollback = panel.roll_back(1, true);
    CHECK(refusal(panel) == Code::pinned); // it waits, and is pinned already
    panel.step();
    CHECK(panel.project().pinned_deployment_id == rollback);
    CHECK(refusal(panel) == Code::pinned);
    CHECK(panel.project().live_deployment_id == rollback);
    deployment::TriggerRequest request;
    request.release_pin = true;
    const auto id = panel.trigger(std::move(request));
    CHECK_FALSE(panel.project().pinned_deployment_id);
    panel.step();
    CHECK(panel.project().live_deployment_id == id);
    CHECK_FALSE(panel.project().pinned_deployment_id);
}

TEST_CASE("a rollback without a pin leaves the next push free, and takes an older pin away") {
    DeploymentScenario panel;
    deploy_two(panel);
    REQUIRE(panel.run(panel.deployments.pin(panel.owner, 1, 2)));
    panel.roll_back(1);
    panel.step();
    CHECK_FALSE(panel.project().pinned_deployment_id);
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
}

TEST_CASE("a cancelled or failed rollback pins nothing") {
    DeploymentScenario panel;
    deploy_two(panel);
    const auto cancelled = panel.roll_back(1, true);
    REQUIRE(panel.run(panel.deployments.cancel(panel.owner, cancelled)));
    panel.run(panel.docker.remove_image(panel.release(1)->image_id)).value();
    const auto failed = panel.roll_back(1, true);
    panel.step();
    CHECK(panel.detail(failed).row.deployment.status == DeploymentStatus::failed);
    CHECK_FALSE(panel.project().pinned_deployment_id);
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
}

TEST_CASE("only the live release can be pinned, and not while another is on its way") {
    DeploymentScenario panel;
    deploy_two(panel);
    const auto pin = [&](std::int64_t id) { return panel.run(panel.deployments.pin(panel.owner, 1, id)); };
    CHECK(pin(1).error().code == Code::conflict);
    const auto id = panel.trigger();
    CHECK(pin(2).error().code == Code::conflict);
    REQUIRE(panel.run(panel.deployments.cancel(panel.owner, id)));
    panel.told.clear();
    REQUIRE(pin(2));
    CHECK(panel.project().pinned_deployment_id == 2);
    CHECK(panel.told == std::vector<std::string>{"2 success"});
    REQUIRE(panel.run(panel.deployments.release_pin(panel.owner, 1)));
    REQUIRE(panel.run(panel.deployments.release_pin(panel.owner, 1))); // again: nothing to do
    CHECK_FALSE(panel.project().pinned_deployment_id);
    const Principal stranger{99, Role::user, {}};
    CHECK(panel.run(panel.deployments.pin(stranger, 1, 2)).error().code == Code::not_found);
    CHECK(panel.run(panel.deployments.release_pin(stranger, 1)).error().code == Code::not_found);
}

TEST_CASE("a rollback says what it does not bring back") {
    DeploymentScenario panel;
    deploy_two(panel);
    const auto server = panel.run(panel.deployments.roll_back(panel.owner, 1)).value();
    CHECK(server.not_restored.size() == 4);
    CHECK(server.detail.row.deployment.pin_when_live);
    DeploymentScenario other;
    other.push_static({{"index.html", "one"}});
    other.deploy();
    other.deploy();
    const auto site = other.run(other.deployments.roll_back(other.owner, 1)).value();
    CHECK(site.not_restored.size() == 3); // a static site has no process that could be limited
}
