// What reconcile puts right, pass by pass: whatever a person or a crash did to the server.
#include "deployment_scenario.hpp"

#include "database/lease_repo.hpp"
#include "database/project_repo.hpp"
#include "database/repair_repo.hpp"
#include "services/deployment/reconcile.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

using namespace panel;
using namespace std::chrono_literals;
using test::DeploymentScenario;
using Calls = std::vector<std::string>;

namespace {

struct Setting : DeploymentScenario {
    deployment::Reconcile reconcile{loop.get_executor(), ports, bell};

    Setting() { push_server(); }
    void pass() { run(reconcile.run()); }
    std::int64_t repaired(const std::string& kind) {
        const auto& counts = reconcile.repairs().counts();
        const auto found = counts.find(kind);
        return found == counts.end() ? 0 : found->second;
    }
    std::int64_t repaired() {
        std::int64_t sum = 0;
        for (const auto& [kind, count] : reconcile.repairs().counts()) sum += count;
        return sum;
    }
    void choose(ReleaseStrategy strategy) {
        change([strategy](Project& project) { project.release_strategy = strategy; });
    }
    void end_watches() { temp.clock.advance(3min); }
};

std::map<std::string, std::string> labels(const std::string& installation, const std::string& project) {
    return {{"vps-panel.data", installation}, {"vps-panel.project", project}};
}

} // namespace

TEST_CASE("a pass over a server that is as it should be changes nothing") {
    Setting panel;
    panel.deploy();
    panel.deploy();
    panel.end_watches();
    panel.take_calls();
    for (int i = 0; i < 3; ++i) {
        panel.pass();
        panel.temp.clock.advance(2min);
    }
    CHECK(panel.calls.empty());
    CHECK(panel.repaired() == 0);
}

TEST_CASE("what was put right is counted in the record, for whichever process is asked") {
    Setting panel;
    panel.deploy();
    panel.end_watches();
    panel.docker.exit("vps-panel-p1-blue", 137);
    panel.pass();
    panel.pass();
    const auto told = panel.temp.read([](soci::session& session) { return database::list_repairs(session); });
    CHECK(told == database::RepairCounts{{"container", 1}});
}

TEST_CASE("a container that was removed, ended, or lost its network is started again") {
    Setting panel;
    panel.deploy();
    panel.end_watches();
    panel.run(panel.docker.remove_container("vps-panel-p1-blue")).value();
    panel.pass();
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
    panel.docker.exit("vps-panel-p1-blue", 137);
    panel.pass();
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
    panel.docker.disconnect("vps-panel-p1-blue");
    panel.take_calls();
    panel.pass();
    CHECK(panel.calls == Calls{"create vps-panel-p1-blue", "start vps-panel-p1-blue"});
    CHECK(panel.repaired("container") == 3);
    CHECK(panel.project().status == ProjectStatus::failed); // three starts in a row say something
    panel.pass();
    CHECK(panel.project().status == ProjectStatus::active);
    CHECK(panel.project().status_reason.empty());
}

TEST_CASE("another release's container in the live slot is replaced by the right one") {
    Setting panel;
    panel.deploy();
    panel.end_watches();
    panel.run(panel.docker.remove_container("vps-panel-p1-blue")).value();
    auto wrong = labels("test", "1");
    wrong["vps-panel.deployment"] = "77";
    panel.docker.add_running("vps-panel-p1-blue", wrong);
    panel.pass();
    CHECK(panel.repaired("container") == 1);
    CHECK(panel.docker.spec("vps-panel-p1-blue").labels.at("vps-panel.deployment") == "1");
}

TEST_CASE("a live release whose image is gone is said on its project, and heals with the next deployment") {
    Setting panel;
    panel.deploy();
    panel.end_watches();
    panel.run(panel.docker.remove_container("vps-panel-p1-blue")).value();
    panel.run(panel.docker.remove_image(panel.release(1)->image_id)).value();
    panel.told.clear();
    panel.pass();
    panel.pass();
    CHECK(panel.project().status == ProjectStatus::failed);
    CHECK(panel.project().status_reason ==
          "The image of the live release is no longer on the server: deploy again.");
    CHECK(panel.told == Calls{"1 success"}); // once
    panel.deploy();
    CHECK(panel.project().status == ProjectStatus::active);
    CHECK(panel.project().status_reason.empty());
}

TEST_CASE("a warm container stays, is started again when it ended, and goes with the strategy") {
    Setting panel;
    panel.choose(ReleaseStrategy::blue_green);
    panel.deploy();
    panel.deploy();
    panel.end_watches();
    panel.take_calls();
    panel.pass();
    CHECK(panel.calls.empty());
    panel.docker.exit("vps-panel-p1-blue", 137);
    panel.pass();
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
    CHECK(panel.project().warm_deployment_id == 1);
    panel.choose(ReleaseStrategy::rolling);
    panel.pass();
    CHECK_FALSE(panel.project().warm_deployment_id);
    panel.pass();
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-green"});
}

TEST_CASE("a warm container that does not stay up is kept no longer") {
    Setting panel;
    panel.choose(ReleaseStrategy::blue_green);
    panel.deploy();
    panel.deploy();
    panel.end_watches();
    for (int i = 0; i < 3; ++i) {
        panel.docker.exit("vps-panel-p1-blue", 1);
        panel.pass();
    }
    CHECK_FALSE(panel.project().warm_deployment_id);
    CHECK(panel.project().live_deployment_id == 2);
}

TEST_CASE("a warm release that was gone back to keeps the label of its first start") {
    Setting panel;
    panel.choose(ReleaseStrategy::blue_green);
    panel.deploy();
    panel.deploy();
    panel.roll_back(1);
    panel.step();
    panel.end_watches();
    panel.take_calls();
    panel.pass();
    CHECK(panel.calls.empty());
}

TEST_CASE("a container under watch is the watch's to judge, until nobody has ended that watch") {
    Setting panel;
    panel.deploy();
    panel.docker.exit("vps-panel-p1-blue", 1);
    panel.pass();
    CHECK_FALSE(panel.docker.is_running("vps-panel-p1-blue"));
    panel.temp.clock.advance(60s + 61s);
    panel.pass();
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
}

TEST_CASE("a site file that was edited or removed, and a Caddy that came back empty, are put right") {
    Setting panel;
    panel.deploy();
    panel.end_watches();
    panel.proxy.edited = {1};
    panel.take_calls();
    panel.pass();
    CHECK(panel.calls == Calls{"apply site 1"});
    panel.proxy.lose(1);
    panel.pass();
    CHECK(panel.proxy.sites().contains(1));
    panel.proxy.is_in_force = false;
    panel.take_calls();
    panel.pass();
    CHECK(panel.calls == Calls{"load"});
    CHECK(panel.repaired("site") == 2);
    CHECK(panel.repaired("caddy") == 1);
}

TEST_CASE("the site and the markers of a project that is gone go") {
    Setting panel;
    panel.deploy();
    panel.temp.write([](soci::session& session) { database::delete_project(session, 1); });
    panel.pass();
    CHECK(panel.proxy.sites().empty());
    CHECK(panel.docker.containers().empty());
    panel.temp.clock.advance(3min);
    panel.pass();
    CHECK(panel.markers.list_projects().empty());
    CHECK_FALSE(panel.docker.has_image("vps-panel/p1:d1"));
    CHECK_FALSE(panel.docker.has_network("vps-panel-p1"));
}

TEST_CASE(
    "a project whose removal was interrupted is not brought back, and can be removed again or deployed") {
    Setting panel;
    panel.deploy();
    panel.end_watches();
    panel.docker.on_call = [](const std::string& call) {
        if (call.starts_with("remove network")) throw std::runtime_error("killed");
    };
    CHECK_THROWS(panel.run(panel.cleaner.remove(panel.project())));
    panel.docker.on_call = nullptr;
    panel.pass();
    CHECK(panel.docker.containers().empty());
    CHECK(panel.proxy.sites().empty());
    CHECK(panel.project().status == ProjectStatus::stopped);
    CHECK(panel.project().status_reason.contains("remove it again, or deploy"));
    SUBCASE("removed again") { CHECK(panel.run(panel.cleaner.remove(panel.project()))); }
    SUBCASE("deployed") {
        CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
        CHECK(panel.project().status == ProjectStatus::active);
    }
}

TEST_CASE("a release that is kept no longer leaves the record before its image goes") {
    Setting panel;
    panel.ports.settings.keep_releases = 1;
    panel.deploy();
    panel.docker.on_call = [](const std::string& call) {
        if (call.starts_with("remove image")) throw std::runtime_error("killed");
    };
    panel.deploy();
    panel.docker.on_call = nullptr;
    CHECK_FALSE(panel.detail(1).row.can_roll_back);
    CHECK(panel.docker.has_image(panel.docker.spec("vps-panel-p1-blue").image));
}

TEST_CASE("images and files that no release holds go at the second look, never those of other owners") {
    Setting panel;
    panel.deploy();
    panel.end_watches();
    panel.docker.add_image("vps-panel/p1:d9", "sha256:left", labels("test", "1"));
    panel.docker.add_image("other/p1:d9", "sha256:other", labels("another", "1"));
    panel.docker.add_image("postgres:15", "sha256:postgres", {});
    panel.docker.add_network("vps-panel-p77", labels("test", "77"));
    std::filesystem::create_directories(panel.markers.static_directory(1, 9));
    panel.pass();
    CHECK(panel.docker.has_image("vps-panel/p1:d9")); // at the first look
    panel.temp.clock.advance(10s);
    panel.pass();
    CHECK_FALSE(panel.docker.has_image("vps-panel/p1:d9"));
    CHECK_FALSE(panel.docker.has_network("vps-panel-p77"));
    CHECK_FALSE(std::filesystem::exists(panel.markers.static_directory(1, 9)));
    CHECK(panel.docker.has_image("vps-panel/p1:d1"));
    CHECK(panel.docker.has_image("other/p1:d9"));
    CHECK(panel.docker.has_image("postgres:15"));
    CHECK(panel.docker.has_network("vps-panel-p1"));
    CHECK(panel.repaired("orphan") == 3);
}

TEST_CASE("what a running deployment is making is never taken for an orphan") {
    Setting panel;
    panel.deploy();
    test::Gate gate(panel.loop);
    panel.docker.while_building = [&](docker::LogSink) { return gate.pass(); };
    panel.trigger();
    panel.begin();
    panel.until([&] { return gate.reached(); });
    panel.docker.add_image("vps-panel/p1:d2", "sha256:new", labels("test", "1"));
    for (int i = 0; i < 4; ++i) {
        panel.pass();
        panel.temp.clock.advance(2min);
    }
    CHECK(panel.docker.has_image("vps-panel/p1:d2"));
    gate.open();
    panel.until([&] { return panel.finished(); });
}

TEST_CASE("of two processes one reconciles, and the other takes over when it is gone") {
    Setting panel;
    panel.deploy();
    panel.end_watches();
    panel.temp.write([&](soci::session& session) {
        return database::take_lease(session, "reconcile", "another worker", 75s, panel.temp.clock.now());
    });
    REQUIRE(panel.markers.set(1, caddy::Slot::green));
    panel.pass();
    CHECK(panel.markers.read(1) == caddy::Slot::green);
    panel.temp.clock.advance(75s);
    panel.pass();
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
}

TEST_CASE("without Docker and Caddy the markers are repaired, and the rest when they are back") {
    Setting panel;
    panel.deploy();
    panel.end_watches();
    panel.docker.exit("vps-panel-p1-blue", 137);
    REQUIRE(panel.markers.set(1, caddy::Slot::green));
    panel.docker.is_down = true;
    panel.proxy.is_down = true;
    panel.pass();
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
    panel.docker.is_down = false;
    panel.proxy.is_down = false;
    panel.pass();
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
}
