// Blue-green: what was replaced stays warm, and going back to it starts nothing.
#include "deployment_scenario.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace panel;
using test::DeploymentScenario;
using Calls = std::vector<std::string>;

namespace {

void choose(DeploymentScenario& panel, ReleaseStrategy strategy) {
    panel.change([strategy](Project& project) { project.release_strategy = strategy; });
}

void deploy_two(DeploymentScenario& panel) {
    choose(panel, ReleaseStrategy::blue_green);
    panel.push_server();
    panel.deploy();
    panel.deploy();
    panel.take_calls();
}

bool has_call(const DeploymentScenario& panel, const std::string& call) {
    return std::ranges::find(panel.calls, call) != panel.calls.end();
}

} // namespace

TEST_CASE("blue-green keeps the previous container running and drains nothing") {
    DeploymentScenario panel;
    choose(panel, ReleaseStrategy::blue_green);
    panel.push_server();
    panel.deploy();
    CHECK_FALSE(panel.project().warm_deployment_id);
    panel.take_calls();
    const auto second = panel.deploy();
    CHECK(second.row.deployment.status == DeploymentStatus::success);
    CHECK(panel.steps(2) == "success success success success success success success skipped success");
    CHECK_FALSE(has_call(panel, "stop vps-panel-p1-blue"));
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
    CHECK(panel.project().warm_deployment_id == 1);
    CHECK(panel.project().live_deployment_id == 2);
}

TEST_CASE("going back to what is warm starts nothing, and what is left becomes warm") {
    DeploymentScenario panel;
    deploy_two(panel);
    const auto id = panel.roll_back(1);
    panel.step();
    CHECK(panel.calls == Calls{"apply site 1", "probe web.localhost"});
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
    CHECK(panel.steps(id) == "success skipped skipped skipped skipped success success skipped success");
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
    CHECK(panel.project().live_deployment_id == id);
    CHECK(panel.project().warm_deployment_id == 2);
    CHECK(panel.release(id)->container_deployment_id == 1); // the label of the container
    panel.take_calls();
    panel.roll_back(2); // and forth again
    panel.step();
    CHECK(panel.calls == Calls{"apply site 1", "probe web.localhost"});
    CHECK(panel.markers.read(1) == caddy::Slot::green);
}

TEST_CASE("the next deployment drains and replaces what is warm") {
    DeploymentScenario panel;
    deploy_two(panel);
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
    const auto blue = panel.port(caddy::Slot::blue);
    const Calls retired{"count requests " + std::to_string(blue), "stop vps-panel-p1-blue",
                        "remove vps-panel-p1-blue", "create vps-panel-p1-blue", "start vps-panel-p1-blue"};
    CHECK(std::ranges::search(panel.calls, retired).size() == retired.size());
    CHECK(panel.project().warm_deployment_id == 2);
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-blue", "vps-panel-p1-green"});
}

TEST_CASE("a rollback to a release that is kept but not warm replaces the warm one") {
    DeploymentScenario panel;
    deploy_two(panel);
    panel.deploy(); // 3 live, 2 warm
    panel.take_calls();
    panel.roll_back(1);
    panel.step();
    CHECK(has_call(panel, "create vps-panel-p1-green"));
    CHECK(panel.project().live_deployment_id == 4);
    CHECK(panel.project().warm_deployment_id == 3);
}

TEST_CASE("a deployment that fails before it starts leaves the warm release alone") {
    DeploymentScenario panel;
    deploy_two(panel);
    panel.docker.next_build = {false, "", "no", "RUN npm ci", 1};
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::failed);
    CHECK(panel.project().warm_deployment_id == 1);
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
}

TEST_CASE("a deployment that fails after it has replaced the warm release leaves none on the record") {
    DeploymentScenario panel;
    deploy_two(panel);
    panel.answer(caddy::Slot::blue, 500);
    panel.ports.settings.health_timeout = std::chrono::seconds{1};
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::failed);
    CHECK_FALSE(panel.project().warm_deployment_id);
    CHECK(panel.project().live_deployment_id == 2);
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-green"});
}

TEST_CASE("a warm container that has ended is started again by the rollback") {
    DeploymentScenario panel;
    deploy_two(panel);
    panel.docker.exit("vps-panel-p1-blue", 137);
    const auto id = panel.roll_back(1);
    panel.step();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
    CHECK(has_call(panel, "start vps-panel-p1-blue"));
    CHECK_FALSE(panel.release(id)->container_deployment_id);
}

TEST_CASE("a rollback to an unhealthy warm release fails, and the container stays for a look") {
    DeploymentScenario panel;
    deploy_two(panel);
    panel.answer(caddy::Slot::blue, 500);
    panel.ports.settings.health_timeout = std::chrono::seconds{1};
    const auto id = panel.roll_back(1);
    panel.step();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::failed);
    CHECK(panel.markers.read(1) == caddy::Slot::green);
    CHECK(panel.project().warm_deployment_id == 1);
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
}

TEST_CASE("a worker that takes over a rollback to a warm release finds it still running") {
    DeploymentScenario panel;
    deploy_two(panel);
    const auto id = panel.roll_back(1);
    panel.script = [&](const std::string& call) {
        if (call == "probe web.localhost") throw std::runtime_error("the worker dies");
    };
    panel.step();
    panel.script = nullptr;
    panel.let_claims_run_out();
    panel.take_calls();
    panel.step();
    CHECK(panel.calls == Calls{"apply site 1", "probe web.localhost"});
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
    CHECK(panel.project().warm_deployment_id == 2);
}

TEST_CASE("a worker that takes over behind the switch keeps the previous release warm") {
    DeploymentScenario panel;
    choose(panel, ReleaseStrategy::blue_green);
    panel.push_server();
    panel.deploy();
    const auto id = panel.trigger();
    panel.events.subscribe([&](const deployment::DeploymentEvents::Event& event) {
        const bool is_live = event.kind == deployment::DeploymentEvents::Event::Kind::state_changed &&
                             panel.project().live_deployment_id == id;
        if (is_live && panel.detail(id).row.deployment.status == DeploymentStatus::deploying)
            throw std::runtime_error("the worker dies");
    });
    panel.step();
    REQUIRE(panel.project().live_deployment_id == id);
    REQUIRE(panel.detail(id).row.deployment.status == DeploymentStatus::deploying);
    panel.let_claims_run_out();
    panel.step();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
    CHECK(panel.project().warm_deployment_id == 1);
}
