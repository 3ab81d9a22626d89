// From a push to what visitors get: first releases, and releases that replace one.
#include "deployment_scenario.hpp"

#include "services/framework/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace panel;
using test::DeploymentScenario;
using Calls = std::vector<std::string>;

TEST_CASE("the first deploy of a server is built, started in the blue slot, checked and switched to") {
    DeploymentScenario panel;
    const auto hash = panel.push_server("Say hi");
    const auto detail = panel.deploy();
    const auto& deployment = detail.row.deployment;
    CHECK(deployment.status == DeploymentStatus::success);
    CHECK(deployment.commit_hash == hash);
    CHECK(deployment.commit_message == "Say hi");
    CHECK(deployment.commit_author == "Lena");
    CHECK(deployment.error_message == "");
    CHECK(deployment.started_at);
    CHECK(deployment.completed_at);
    CHECK(detail.row.is_live);
    CHECK_FALSE(detail.explanation);
    CHECK(panel.steps(1) == "success success success success success success success skipped success");
    CHECK(panel.calls == Calls{"fetch main", "build vps-panel/p1:d1", "create vps-panel-p1-blue",
                               "start vps-panel-p1-blue", "apply site 1", "probe web.localhost"});
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
    CHECK(panel.project().live_deployment_id == 1);
    CHECK(panel.project().status == ProjectStatus::active);
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
    CHECK(panel.told == Calls{"1 pending", "1 building", "1 deploying", "1 success"});
    CHECK(panel.log_events > 0);
}

TEST_CASE("the container of a server gets its port, its variables, its labels and its network") {
    DeploymentScenario panel;
    panel.push_server();
    std::vector<environment::VariableInput> variables;
    variables.push_back({"GREETING", Secret("hi"), true, EnvironmentScope::all});
    REQUIRE(panel.run(panel.environment.put(panel.owner, 1, std::move(variables))));
    panel.deploy();
    const auto& spec = panel.docker.spec("vps-panel-p1-blue");
    CHECK(spec.network == "vps-panel-p1");
    CHECK(spec.container_port == 3000);
    CHECK(spec.host_port == panel.port(caddy::Slot::blue));
    CHECK(spec.labels.at("vps-panel.data") == "test");
    CHECK(spec.labels.at("vps-panel.project") == "1");
    CHECK(spec.labels.at("vps-panel.deployment") == "1");
    const std::pair<std::string, std::string> greeting("GREETING", "hi");
    CHECK(std::ranges::find(spec.environment, greeting) != spec.environment.end());
    CHECK(panel.log(1).find("\"hi\"") == std::string::npos);
}

TEST_CASE("the log of a deployment tells what happened in stamped lines and ends with the address") {
    DeploymentScenario panel;
    const auto hash = panel.push_server("Say hi");
    panel.deploy();
    CHECK(panel.log(1).starts_with("2025-06-15T15:06:40.000Z \x1b[36m==>\x1b[0m Cloning "));
    const auto lines = panel.log_lines(1);
    CHECK(lines.front() == "==> Cloning https://git.example.com/acme/web.git @ main");
    const auto has = [&](const std::string& line) { return std::ranges::find(lines, line) != lines.end(); };
    CHECK(has("HEAD is now at " + hash.substr(0, 7) + " Say hi"));
    CHECK(has("==> Building"));
    CHECK(has("#2 RUN npm ci"));
    CHECK(has("==> Starting in the blue slot"));
    CHECK(has("Answered / with status 200"));
    CHECK(has("==> Switched: new requests get this release"));
    CHECK(lines.back() == "==> Live at http://web.localhost:8088");
    CHECK(panel.log(1).ends_with('\n'));
    CHECK(panel.detail(1).log_bytes == static_cast<std::int64_t>(panel.log(1).size()));
    const auto page = panel.run(panel.deployments.read_log(panel.owner, 1, 0, 1 << 20));
    REQUIRE(page);
    CHECK(page->end);
}

TEST_CASE("a redeploy takes the other slot, and the old container goes only after the switch and quiet") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.take_calls();
    panel.push_server("second");
    auto slot_at_stop = caddy::Slot::none;
    std::optional<std::int64_t> live_at_stop;
    int counted = 0;
    const auto blue = panel.port(caddy::Slot::blue);
    panel.proxy.requests_open[blue] = 2;
    panel.script = [&](const std::string& call) {
        if (call.starts_with("count requests") && ++counted == 3) panel.proxy.requests_open[blue] = 0;
        if (call != "stop vps-panel-p1-blue") return;
        slot_at_stop = panel.markers.read(1);
        live_at_stop = panel.project().live_deployment_id;
    };
    const auto detail = panel.deploy();
    CHECK(detail.row.deployment.status == DeploymentStatus::success);
    CHECK(panel.calls == Calls{"fetch main", "build vps-panel/p1:d2", "create vps-panel-p1-green",
                               "start vps-panel-p1-green", "apply site 1", "probe web.localhost",
                               "count requests " + std::to_string(blue), "stop vps-panel-p1-blue",
                               "remove vps-panel-p1-blue"});
    CHECK(slot_at_stop == caddy::Slot::green);
    CHECK(live_at_stop == 2);
    CHECK(counted > 3); // it went on looking after the last request had ended
    CHECK(panel.steps(2) == "success success success success success success success success success");
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-green"});

    panel.script = nullptr;
    panel.push_server("third");
    panel.deploy();
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-blue"});
}

TEST_CASE("a previous release whose requests never end is stopped when the drain limit has passed") {
    DeploymentScenario panel;
    panel.ports.settings.drain_timeout = std::chrono::seconds{1};
    panel.push_server();
    panel.deploy();
    panel.proxy.requests_open[panel.port(caddy::Slot::blue)] = 3;
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-green"});
    const auto lines = panel.log_lines(2);
    CHECK(std::ranges::find(lines, "3 requests were still open on the previous release when the drain limit "
                                   "passed.") != lines.end());
}

TEST_CASE("the first deploy of a static site is published as files and leaves no container and no image") {
    DeploymentScenario panel;
    panel.push_static({{"index.html", "<h1>one</h1>"}, {"css/site.css", "body{}"}});
    const auto detail = panel.deploy();
    CHECK(detail.row.deployment.status == DeploymentStatus::success);
    CHECK(panel.steps(1) == "success success success success skipped success success skipped success");
    CHECK(panel.calls == Calls{"fetch main", "build vps-panel/p1:d1", "create vps-panel-p1-export",
                               "remove vps-panel-p1-export", "remove image vps-panel/p1:d1", "apply site 1",
                               "probe web.localhost"});
    CHECK(panel.markers.read(1) == caddy::Slot::static_files);
    CHECK(panel.markers.published_static(1) == 1);
    CHECK(panel.served("index.html") == "<h1>one</h1>");
    CHECK(panel.served("css/site.css") == "body{}");
    CHECK(panel.docker.containers().empty());
    CHECK(panel.release(1)->kind == "static");
    CHECK(panel.log_lines(1).back() == "==> Live at http://web.localhost:8088");
}

TEST_CASE("a redeploy of a static site keeps the files of the release before it") {
    DeploymentScenario panel;
    panel.push_static({{"index.html", "one"}});
    panel.deploy();
    panel.push_static({{"index.html", "two"}}, "second");
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
    CHECK(panel.served("index.html") == "two");
    CHECK(std::filesystem::exists(panel.markers.static_directory(1, 1) / "index.html"));
    CHECK(panel.detail(1).row.can_roll_back);
    CHECK_FALSE(panel.detail(2).row.can_roll_back);
}

TEST_CASE("a project that turns from a server into files and back stops what it no longer needs") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.push_static({{"index.html", "files"}}, "files only");
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
    CHECK(panel.markers.read(1) == caddy::Slot::static_files);
    CHECK(panel.docker.containers().empty());
    panel.docker.next_build.image_id.clear();
    panel.push_server("a server again");
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-blue"});
}

TEST_CASE("a deployment of a named commit builds that commit, not the branch's newest") {
    DeploymentScenario panel;
    const auto first = panel.push_server("first");
    panel.push_server("second");
    deployment::TriggerRequest request;
    request.commit_hash = first;
    const auto id = panel.trigger(std::move(request));
    panel.step();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
    CHECK(panel.detail(id).row.deployment.commit_hash == first);
    CHECK(panel.calls.front() == "fetch " + first);
}
