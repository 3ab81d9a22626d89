// Deployments that are cancelled: waiting, at work, and too late.
#include "deployment_scenario.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <algorithm>

using namespace panel;
using test::DeploymentScenario;
using Calls = std::vector<std::string>;

namespace {

// Holds every build at the gate.
struct HeldBuild : DeploymentScenario {
    HeldBuild() {
        docker.while_building = [this](docker::LogSink) { return gate.pass(); };
    }
    test::Gate gate{loop};
};

} // namespace

TEST_CASE("a deployment that waits ends at once when it is cancelled") {
    DeploymentScenario panel;
    panel.push_server();
    const auto id = panel.trigger();
    const auto answer = panel.run(panel.deployments.cancel(panel.owner, id));
    REQUIRE(answer);
    CHECK(answer->row.deployment.status == DeploymentStatus::cancelled);
    CHECK(panel.steps(id) == "cancelled skipped skipped skipped skipped skipped skipped skipped skipped");
    CHECK(panel.detail(id).row.deployment.completed_at);
    CHECK(panel.told == Calls{"1 pending", "1 cancelled"});
    CHECK_FALSE(panel.is_claimable());
    CHECK(panel.calls.empty());
    const auto again = panel.run(panel.deployments.cancel(panel.owner, id));
    REQUIRE_FALSE(again);
    CHECK(again.error().code == Code::conflict);
}

TEST_CASE("nobody cancels the deployment of somebody else") {
    DeploymentScenario panel;
    panel.push_server();
    const auto id = panel.trigger();
    const auto other = panel.temp.add_user("other@example.com");
    const auto answer = panel.run(panel.deployments.cancel(Principal{other, Role::user, {}}, id));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Code::not_found);
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::pending);
}

TEST_CASE("a deployment that builds is cancelled in the engine too and leaves nothing") {
    HeldBuild panel;
    panel.push_server();
    const auto id = panel.trigger();
    panel.begin();
    panel.until([&] { return panel.gate.reached(); });
    const auto answer = panel.run(panel.deployments.cancel(panel.owner, id));
    REQUIRE(answer);
    panel.until([&] { return panel.finished(); });
    const auto detail = panel.detail(id);
    CHECK(detail.row.deployment.status == DeploymentStatus::cancelled);
    CHECK(detail.row.deployment.error_message == "");
    CHECK_FALSE(detail.explanation);
    CHECK(panel.steps(id) == "success success success cancelled skipped skipped skipped skipped skipped");
    CHECK(panel.calls == Calls{"fetch main", "build vps-panel/p1:d1", "cancel build vps-panel-d1-1"});
    CHECK(panel.log_lines(id).back() == "==> Cancelled. Visitors get no release yet.");
    CHECK(panel.told.back() == "1 cancelled");
    CHECK(panel.docker.containers().empty());
    CHECK_FALSE(panel.docker.has_image("vps-panel/p1:d1"));
    CHECK_FALSE(panel.is_claimable());
}

TEST_CASE("a deployment cancelled while its health is checked takes its container and image with it") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.take_calls();
    panel.ports.settings.health_timeout = std::chrono::seconds{60};
    panel.be_silent(caddy::Slot::green);
    const auto id = panel.trigger();
    panel.begin();
    panel.until([&] { return panel.docker.is_running("vps-panel-p1-green"); });
    REQUIRE(panel.run(panel.deployments.cancel(panel.owner, id)));
    panel.until([&] { return panel.finished(); });
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::cancelled);
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-blue"});
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
    CHECK_FALSE(panel.docker.has_image("vps-panel/p1:d2"));
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
    CHECK(panel.log_lines(id).back() == "==> Cancelled. Visitors still get deployment 1.");
}

TEST_CASE("a cancel that comes after the switch changes nothing: the release is live") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    const auto blue = panel.port(caddy::Slot::blue);
    panel.proxy.requests_open[blue] = 1;
    bool asked = false;
    panel.script = [&](const std::string& call) {
        if (!call.starts_with("count requests") || std::exchange(asked, true)) return;
        boost::asio::co_spawn(panel.loop, panel.deployments.cancel(panel.owner, 2),
                              [&](const std::exception_ptr&, const Result<DeploymentDetail>&) {
                                  panel.proxy.requests_open[blue] = 0;
                              });
    };
    const auto detail = panel.deploy();
    CHECK(asked);
    CHECK(detail.row.deployment.cancel_requested);
    CHECK(detail.row.deployment.status == DeploymentStatus::success);
    CHECK(detail.row.is_live);
    CHECK(panel.markers.read(1) == caddy::Slot::green);
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-green"});
}

TEST_CASE("a rollback cancelled before it starts anything leaves the live container alone") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.deploy();
    panel.deploy(); // live in the blue slot, where the first ran too
    panel.take_calls();
    const auto id = panel.roll_back(1);
    panel.begin();
    panel.until([&] { return panel.runner.cancel(id); });
    panel.until([&] { return panel.finished(); });
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::cancelled);
    CHECK(panel.project().live_deployment_id == 3);
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
    CHECK(panel.calls.empty());
}

TEST_CASE("a cancel between the build and the start removes the built image") {
    DeploymentScenario panel;
    panel.push_server();
    panel.docker.while_building = [&panel](docker::LogSink) -> boost::asio::awaitable<void> {
        panel.runner.cancel(1);
        return std::invoke([]() -> boost::asio::awaitable<void> { co_return; });
    };
    const auto detail = panel.deploy();
    CHECK(detail.row.deployment.status == DeploymentStatus::cancelled);
    CHECK_FALSE(panel.docker.has_image("vps-panel/p1:d1"));
    CHECK(panel.docker.containers().empty());
}
