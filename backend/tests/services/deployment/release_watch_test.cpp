// The watch after the switch: a release that dies or turns unhealthy is given up, and the one before it
// serves again.
#include "deployment_scenario.hpp"

#include "services/deployment/release_watch.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace panel;
using namespace std::chrono_literals;
using test::DeploymentScenario;
using Calls = std::vector<std::string>;

namespace {

struct Setting : DeploymentScenario {
    deployment::ReleaseWatch watch{loop.get_executor(), ports, deployments};

    Setting() { push_server(); }
    void look() { run(watch.look()); }
    Deployment row(std::int64_t id) { return detail(id).row.deployment; }
};

bool has_line(const std::vector<std::string>& lines, const std::string& line) {
    return std::ranges::find(lines, line) != lines.end();
}

} // namespace

TEST_CASE("a release that stays healthy passes its watch when the time is over") {
    Setting panel;
    panel.deploy();
    CHECK(panel.row(1).watch == Watch::watching);
    CHECK(panel.row(1).watch_until == panel.temp.clock.now() + 60s);
    panel.temp.clock.advance(59s);
    panel.look();
    CHECK(panel.row(1).watch == Watch::watching);
    panel.temp.clock.advance(1s);
    panel.told.clear();
    panel.look();
    CHECK(panel.row(1).watch == Watch::passed);
    CHECK_FALSE(panel.row(1).watch_until);
    CHECK(panel.told == Calls{"1 success"});
    panel.docker.exit("vps-panel-p1-blue", 1);
    panel.look(); // no longer its business
    CHECK(panel.row(1).status == DeploymentStatus::success);
}

TEST_CASE("a release that dies in its watch is given up, and the one before it serves again") {
    Setting panel;
    panel.deploy();
    panel.deploy();
    panel.docker.print("vps-panel-p1-green", "2026-01-31T09:05:00.000000001Z \x1b[31mno database\x1b[0m\n");
    panel.docker.exit("vps-panel-p1-green", 3);
    panel.temp.clock.advance(23s);
    panel.told.clear();
    panel.look();
    const auto failed = panel.detail(2);
    CHECK(failed.row.deployment.status == DeploymentStatus::failed);
    CHECK(failed.row.deployment.watch == Watch::failed);
    CHECK(failed.row.deployment.error_message ==
          "It went live, but 23 s later its process had ended with exit code 3.");
    CHECK(failed.explanation->log_text == "no database\n");
    CHECK(failed.explanation->visitors == "The server goes back to the release of deployment 1 by itself.");
    CHECK(panel.row(3).status == DeploymentStatus::pending);
    CHECK(panel.row(3).triggered_by == Trigger::rollback);
    CHECK(panel.row(3).rollback_of == 1);
    CHECK(panel.row(3).switch_back_of == 2);
    CHECK(panel.told == Calls{"2 failed", "3 pending"});
    panel.step();
    CHECK(panel.row(3).status == DeploymentStatus::success);
    CHECK(panel.row(3).watch == Watch::none); // never another switch-back
    CHECK(panel.project().live_deployment_id == 3);
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
    CHECK(panel.detail(2).explanation->visitors ==
          "The server went back to the release of deployment 1 by itself.");
    const auto lines = panel.log_lines(3);
    CHECK(lines.front() == "==> Deployment 2 is given up");
    CHECK(has_line(lines, "no database"));
    CHECK(lines.back() == "==> Live at http://web.localhost:8088");
    CHECK_FALSE(panel.docker.has_image("vps-panel/p1:d2")); // nobody goes back to it
    panel.docker.exit("vps-panel-p1-blue", 3);
    panel.look();
    CHECK(panel.row(3).status == DeploymentStatus::success);
}

TEST_CASE("a release that is started again by the engine, or is gone, is given up too") {
    Setting panel;
    panel.deploy();
    panel.deploy();
    panel.docker.restart("vps-panel-p1-green");
    panel.look();
    CHECK(panel.row(2).error_message ==
          "It went live, but 0 s later its process had crashed and been started again.");
    panel.step();
    panel.deploy();
    panel.run(panel.docker.remove_container("vps-panel-p1-green")).value();
    panel.look();
    CHECK(panel.row(4).error_message == "It went live, but 0 s later its container was gone.");
    panel.step();
    CHECK(panel.project().live_deployment_id == 5);
}

TEST_CASE(
    "a release that its memory limit ends in its watch is named as such, with the figure of its project") {
    Setting panel;
    panel.change([](Project& project) { project.limits.memory_mb = 192; });
    panel.deploy();
    panel.deploy();
    panel.docker.exit("vps-panel-p1-green", 137, true);
    panel.temp.clock.advance(9s);
    panel.look();
    const auto failed = panel.detail(2);
    CHECK(failed.row.deployment.error_message ==
          "It went live, but 9 s later it used more than its 192 MB of memory and was killed.");
    CHECK(failed.explanation->reason == "out_of_memory");
    CHECK(failed.explanation->next_step == "Let it use less memory, or raise its memory limit in Settings.");
    panel.step();
    CHECK(panel.project().live_deployment_id == 3);
}

TEST_CASE("three unhealthy looks in a row give a release up, two do not") {
    Setting panel;
    panel.deploy();
    panel.deploy();
    panel.answer(caddy::Slot::green, 500);
    panel.look();
    panel.look();
    CHECK(panel.row(2).status == DeploymentStatus::success);
    panel.answer(caddy::Slot::green, 200);
    panel.look();
    panel.answer(caddy::Slot::green, 500);
    for (int i = 0; i < 3; ++i) panel.look();
    CHECK(panel.row(2).status == DeploymentStatus::failed);
    CHECK(panel.detail(2).explanation->reason == "unhealthy_after_switch");
}

TEST_CASE("a first release that dies is failed and stays: there is nothing to go back to") {
    Setting panel;
    panel.deploy();
    panel.docker.exit("vps-panel-p1-blue", 1);
    panel.look();
    CHECK(panel.row(1).status == DeploymentStatus::failed);
    CHECK(
        panel.detail(1).explanation->visitors ==
        "No earlier release is kept: visitors still get this one, which is started again whenever it stops.");
    CHECK(panel.project().live_deployment_id == 1);
    CHECK(panel.run(panel.deployments.list(panel.owner, 1, 0, 10))->size() == 1);
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success); // and the next goes on from it
    CHECK_FALSE(panel.docker.has_image("vps-panel/p1:d1"));
}

TEST_CASE("a rollback by hand is watched as well, and a pinned project stays pinned to what serves again") {
    Setting panel;
    panel.deploy();
    panel.deploy();
    panel.roll_back(1, true); // 3
    panel.step();
    CHECK(panel.row(3).watch == Watch::watching);
    panel.docker.exit("vps-panel-p1-blue", 1);
    panel.look();
    CHECK(panel.row(4).rollback_of == 2); // what it had replaced, not release 1 once more
    panel.step();
    CHECK(panel.project().live_deployment_id == 4);
    CHECK(panel.project().pinned_deployment_id == 4);
}

TEST_CASE("with blue-green the server goes back without a start") {
    Setting panel;
    panel.change([](Project& project) { project.release_strategy = ReleaseStrategy::blue_green; });
    panel.deploy();
    panel.deploy();
    panel.docker.exit("vps-panel-p1-green", 1);
    panel.look();
    panel.take_calls();
    panel.step();
    const auto green = panel.port(caddy::Slot::green);
    CHECK(panel.calls == Calls{"apply site 1", "probe web.localhost",
                               "count requests " + std::to_string(green), "stop vps-panel-p1-green",
                               "remove vps-panel-p1-green", "remove image " + panel.release(2)->image_id});
    CHECK(panel.project().live_deployment_id == 3);
    CHECK_FALSE(panel.project().warm_deployment_id); // the one that failed is not kept warm
}

TEST_CASE("the watch rests while a newer deployment waits or runs, and ends when that goes live") {
    Setting panel;
    panel.deploy();
    panel.deploy();
    panel.trigger();
    panel.docker.exit("vps-panel-p1-green", 1);
    panel.look();
    CHECK(panel.row(2).status == DeploymentStatus::success);
    panel.step();
    CHECK(panel.row(3).status == DeploymentStatus::success);
    CHECK(panel.row(2).watch == Watch::none);
    CHECK(panel.row(3).watch == Watch::watching);
    panel.look();
    CHECK(panel.row(2).status == DeploymentStatus::success);
}

TEST_CASE("when the newer deployment fails, the watch goes on") {
    Setting panel;
    panel.deploy();
    panel.deploy();
    panel.docker.next_build = {false, "", "no", "RUN npm ci", 1};
    panel.trigger();
    panel.docker.exit("vps-panel-p1-green", 1);
    panel.look();
    panel.step();
    panel.temp.clock.advance(61s);
    panel.look();
    CHECK(panel.row(2).status == DeploymentStatus::failed);
    CHECK(panel.row(4).switch_back_of == 2);
}

TEST_CASE("a watch goes on after a restart of the panel, which excuses one death") {
    Setting panel;
    panel.deploy();
    panel.deploy();
    panel.docker.exit("vps-panel-p1-green", 137); // with the machine
    panel.temp.clock.advance(10s);
    deployment::ReleaseWatch restarted(panel.loop.get_executor(), panel.ports, panel.deployments);
    panel.take_calls();
    panel.run(restarted.look());
    CHECK(panel.calls == Calls{"create vps-panel-p1-green", "start vps-panel-p1-green"});
    CHECK(panel.row(2).watch == Watch::watching);
    panel.docker.exit("vps-panel-p1-green", 1);
    panel.run(restarted.look());
    CHECK(panel.row(2).watch == Watch::failed);
}

TEST_CASE("an engine that does not answer says nothing about the release") {
    Setting panel;
    panel.deploy();
    panel.deploy();
    panel.docker.is_down = true;
    for (int i = 0; i < 5; ++i) panel.look();
    CHECK(panel.row(2).watch == Watch::watching);
    panel.docker.is_down = false;
    panel.docker.exit("vps-panel-p1-green", 0); // it ended with the engine
    panel.look();
    CHECK(panel.docker.is_running("vps-panel-p1-green"));
    panel.temp.clock.advance(60s);
    panel.look();
    CHECK(panel.row(2).watch == Watch::passed);
}

TEST_CASE("two watchers that see the same make one rollback") {
    Setting panel;
    panel.deploy();
    panel.deploy();
    deployment::ReleaseWatch other(panel.loop.get_executor(), panel.ports, panel.deployments);
    panel.docker.exit("vps-panel-p1-green", 1);
    panel.look();
    panel.run(other.look());
    CHECK(panel.run(panel.deployments.list(panel.owner, 1, 0, 10))->size() == 3);
}

TEST_CASE("a project may go without the watch, and a static site has nothing to watch") {
    Setting panel;
    panel.change([](Project& project) { project.watch_seconds = 0; });
    CHECK(panel.deploy().row.deployment.watch == Watch::none);
    DeploymentScenario site;
    site.push_static({{"index.html", "one"}});
    CHECK(site.deploy().row.deployment.watch == Watch::none);
}
