// Back to a kept release, without git and without a build; and which releases are kept.
#include "deployment_scenario.hpp"

#include "database/project_repo.hpp"
#include "database/release_repo.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace panel;
using test::DeploymentScenario;
using Calls = std::vector<std::string>;

namespace {

void set_greeting(DeploymentScenario& panel, const std::string& value) {
    std::vector<environment::VariableInput> variables;
    variables.push_back({"GREETING", Secret(value), false, EnvironmentScope::all});
    REQUIRE(panel.run(panel.environment.put(panel.owner, 1, std::move(variables))));
}

void set_health_path(DeploymentScenario& panel, const std::string& path) {
    panel.change([&path](Project& project) { project.health_path = path; });
}

std::string kept(DeploymentScenario& panel, std::int64_t newest) {
    std::string out;
    for (std::int64_t id = 1; id <= newest; ++id) out += panel.detail(id).row.can_roll_back ? 'y' : '-';
    return out;
}

} // namespace

TEST_CASE("a rollback starts the kept image with its own environment and health path") {
    DeploymentScenario panel;
    set_greeting(panel, "one");
    set_health_path(panel, "/one");
    const auto hash = panel.push_server("first");
    panel.deploy();
    set_greeting(panel, "two");
    set_health_path(panel, "/two");
    panel.push_server("second");
    panel.deploy();
    CHECK(kept(panel, 2) == "y-");
    panel.take_calls();
    const auto id = panel.roll_back(1);
    panel.step();
    const auto detail = panel.detail(id);
    CHECK(detail.row.deployment.status == DeploymentStatus::success);
    CHECK(detail.row.deployment.triggered_by == Trigger::rollback);
    CHECK(detail.row.deployment.rollback_of == 1);
    CHECK(detail.row.deployment.commit_hash == hash);
    CHECK(panel.steps(id) == "success skipped skipped skipped success success success success success");
    const auto green = panel.port(caddy::Slot::green);
    CHECK(panel.calls == Calls{"create vps-panel-p1-blue", "start vps-panel-p1-blue", "apply site 1",
                               "probe web.localhost", "count requests " + std::to_string(green),
                               "stop vps-panel-p1-green", "remove vps-panel-p1-green"});
    const auto& spec = panel.docker.spec("vps-panel-p1-blue");
    CHECK(spec.image == panel.release(1)->image_id);
    const std::pair<std::string, std::string> greeting("GREETING", "one");
    CHECK(std::ranges::find(spec.environment, greeting) != spec.environment.end());
    CHECK(panel.release(id)->health_path == "/one");
    const auto lines = panel.log_lines(id);
    CHECK(std::ranges::find(lines, "Answered /one with status 200") != lines.end());
    CHECK(kept(panel, 3) == "yy-");
}

TEST_CASE("a rollback to what is live, to a failed deployment or to a release that went is a conflict") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.deploy();
    panel.docker.next_build = {false, "", "no", "RUN npm ci", 1};
    panel.deploy();
    panel.temp.write(
        [](soci::session& session) { database::set_release_image_available(session, 1, false); });
    for (const std::int64_t id : {1, 2, 3}) {
        CAPTURE(id);
        const auto answer = panel.run(panel.deployments.roll_back(panel.owner, id));
        REQUIRE_FALSE(answer);
        CHECK(answer.error().code == Code::conflict);
    }
    CHECK(kept(panel, 3) == "---");
}

TEST_CASE("a rollback whose image is gone from the engine fails and keeps the live release") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.deploy();
    panel.run(panel.docker.remove_image(panel.release(1)->image_id)).value();
    const auto id = panel.roll_back(1);
    panel.step();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::failed);
    CHECK(panel.detail(id).explanation->reason == "image_gone");
    CHECK(panel.detail(id).explanation->visitors == "Visitors still get deployment 2.");
    CHECK(kept(panel, 3) == "---"); // the next one is not offered what cannot work
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-green"});
    CHECK(panel.docker.is_running("vps-panel-p1-green"));
    CHECK(panel.markers.read(1) == caddy::Slot::green);
}

TEST_CASE("a rollback whose release went while it waited fails before it starts anything") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.deploy();
    const auto id = panel.roll_back(1);
    panel.temp.write(
        [](soci::session& session) { database::set_release_image_available(session, 1, false); });
    panel.step();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::failed);
    CHECK(panel.detail(id).row.deployment.error_message == "The release of deployment 1 is no longer kept.");
    CHECK(panel.steps(id) == "failed skipped skipped skipped skipped skipped skipped skipped skipped");
    CHECK(panel.docker.is_running("vps-panel-p1-green"));
}

TEST_CASE("a rollback of a static site publishes the older files, and a failed one keeps them") {
    DeploymentScenario panel;
    panel.push_static({{"index.html", "one"}});
    panel.deploy();
    panel.push_static({{"index.html", "two"}}, "second");
    panel.deploy();
    panel.take_calls();
    panel.proxy.probe_answer = caddy::ProbeAnswer{404, ""};
    const auto failed = panel.roll_back(1);
    panel.step();
    CHECK(panel.detail(failed).row.deployment.status == DeploymentStatus::failed);
    CHECK(panel.served("index.html") == "two");
    panel.proxy.probe_answer.reset();
    panel.take_calls();
    const auto id = panel.roll_back(1);
    panel.step();
    CHECK(panel.calls == Calls{"apply site 1", "probe web.localhost"});
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
    CHECK(panel.steps(id) == "success skipped skipped skipped skipped success success skipped success");
    CHECK(panel.served("index.html") == "one");
    CHECK(panel.markers.published_static(1) == 1);
}

TEST_CASE("the newest releases are kept, and the images of older ones go") {
    DeploymentScenario panel;
    panel.ports.settings.keep_releases = 2;
    panel.push_server();
    for (int i = 0; i < 4; ++i) panel.deploy();
    CHECK(kept(panel, 4) == "--y-");
    CHECK_FALSE(panel.docker.has_image("vps-panel/p1:d1"));
    CHECK_FALSE(panel.docker.has_image("vps-panel/p1:d2"));
    CHECK(panel.docker.has_image("vps-panel/p1:d3"));
    CHECK(panel.docker.has_image("vps-panel/p1:d4"));
}

TEST_CASE("an image that a kept rollback shares stays until the last release with it goes") {
    DeploymentScenario panel;
    panel.ports.settings.keep_releases = 2;
    panel.push_server();
    panel.deploy();
    panel.deploy();
    panel.roll_back(1); // 3: the image of 1
    panel.step();
    CHECK(kept(panel, 3) == "-y-");
    CHECK(panel.docker.has_image("vps-panel/p1:d1"));
    panel.deploy(); // 4
    CHECK(kept(panel, 4) == "--y-");
    CHECK(panel.docker.has_image("vps-panel/p1:d1"));
    panel.roll_back(3); // 5
    panel.step();
    CHECK(panel.detail(5).row.deployment.status == DeploymentStatus::success);
    panel.deploy();
    panel.deploy();
    CHECK_FALSE(panel.docker.has_image("vps-panel/p1:d1"));
}

TEST_CASE("files that a kept rollback shares stay until the last release with them goes") {
    DeploymentScenario panel;
    panel.ports.settings.keep_releases = 2;
    panel.push_static({{"index.html", "one"}});
    panel.deploy();
    panel.push_static({{"index.html", "two"}}, "second");
    panel.deploy();
    panel.roll_back(1); // 3: the files of 1
    panel.step();
    const auto files = panel.markers.static_directory(1, 1) / "index.html";
    CHECK(std::filesystem::exists(files));
    for (int i = 0; i < 2; ++i) panel.deploy();
    CHECK_FALSE(std::filesystem::exists(files));
    CHECK(panel.served("index.html") == "two");
}
