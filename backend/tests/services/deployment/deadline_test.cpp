// Every step has a deadline: whatever hangs, the deployment ends, says where, and the next one runs.
#include "deployment_scenario.hpp"

#include "services/deployment/deadlines.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace panel;
using namespace std::chrono_literals;
using deployment::Action;
using deployment::Settings;
using test::DeploymentScenario;

namespace {

struct Hang {
    std::string name;
    std::string call; // that never answers, of git, Docker or Caddy
    void (*limit)(Settings&);
    std::string ending; // of the steps
    std::string sentence;
    bool is_static = false;
};

void hang(DeploymentScenario& panel, const std::string& call) {
    panel.docker.hangs_at = panel.git.hangs_at = panel.proxy.hangs_at = call;
}

void push(DeploymentScenario& panel, bool is_static) {
    if (is_static)
        panel.push_static({{"index.html", "one"}});
    else
        panel.push_server();
}

const std::array hangs{
    Hang{"git", "fetch main", [](Settings& s) { s.limits.clone = 50ms; },
         "success failed skipped skipped skipped skipped skipped skipped skipped",
         "Fetching the repository took longer than 1 s and was stopped (step clone)."},
    Hang{"the build", "build vps-panel/p1:d2",
         [](Settings& s) {
             s.build_timeout = 0min;
             s.limits.margin = 50ms;
         },
         "success success success failed skipped skipped skipped skipped skipped",
         "The build took longer than 1 s and was stopped (step build)."},
    Hang{"the copy of static files", "create vps-panel-p1-export",
         [](Settings& s) { s.limits.export_files = 50ms; },
         "success success success failed skipped skipped skipped skipped skipped",
         "Copying the built files out of their image took longer than 1 s and was stopped (step build).",
         true},
    Hang{"the creation of the container", "create vps-panel-p1-green",
         [](Settings& s) { s.limits.start = 50ms; },
         "success success success success failed skipped skipped skipped skipped",
         "Starting the container took longer than 1 s and was stopped (step start)."},
    Hang{"the start of the container", "start vps-panel-p1-green", [](Settings& s) { s.limits.start = 50ms; },
         "success success success success failed skipped skipped skipped skipped",
         "Starting the container took longer than 1 s and was stopped (step start)."},
    Hang{"Caddy's reload", "apply site 1", [](Settings& s) { s.limits.route = 50ms; },
         "success success success success success success failed skipped skipped",
         "Giving Caddy the site took longer than 1 s and was stopped (step switch)."},
    Hang{"the request through Caddy", "probe web.localhost",
         [](Settings& s) {
             s.route_timeout = 0ms;
             s.limits.margin = 50ms;
         },
         "success success success success success success failed skipped skipped",
         "The request through Caddy took longer than 1 s and was stopped (step switch)."},
};

} // namespace

TEST_CASE("a step in which something never answers fails with its name, and the live release stays") {
    for (const auto& each : hangs) {
        CAPTURE(each.name);
        DeploymentScenario panel;
        push(panel, each.is_static);
        panel.deploy();
        const auto usual = panel.ports.settings;
        each.limit(panel.ports.settings);
        hang(panel, each.call);
        const auto failed = panel.deploy();
        CHECK(failed.row.deployment.status == DeploymentStatus::failed);
        CHECK(failed.row.deployment.error_message == each.sentence);
        REQUIRE(failed.explanation);
        CHECK(failed.explanation->reason == "deadline");
        CHECK_FALSE(failed.explanation->next_step.empty());
        CHECK(failed.explanation->visitors == "Visitors still get deployment 1.");
        CHECK(panel.project().live_deployment_id == 1);
        CHECK(panel.steps(2) == each.ending);
        hang(panel, "nothing");
        panel.ports.settings = usual;
        CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
    }
}

TEST_CASE("what hangs after the release is live holds nobody up") {
    for (const bool at_drain : {true, false}) {
        CAPTURE(at_drain);
        DeploymentScenario panel;
        panel.push_server();
        panel.deploy();
        panel.ports.settings.drain_timeout = 0s;
        panel.ports.settings.limits.margin = 50ms;
        panel.ports.settings.limits.stop = 50ms;
        const auto blue = std::to_string(panel.port(caddy::Slot::blue));
        hang(panel, at_drain ? "count requests " + blue : "stop vps-panel-p1-blue");
        const auto detail = panel.deploy();
        CHECK(detail.row.deployment.status == DeploymentStatus::success);
        CHECK_FALSE(detail.explanation);
        CHECK(panel.project().live_deployment_id == 2);
    }
}

TEST_CASE("an undo that hangs ends with its limit, and the record is right") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.ports.settings.limits.remove_new = 50ms;
    panel.proxy.probe_answer = caddy::ProbeAnswer{502, "green"};
    hang(panel, "remove vps-panel-p1-green");
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::failed);
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
    panel.proxy.probe_answer.reset();
    hang(panel, "nothing");
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
}

TEST_CASE("an engine that hangs while it cancels a build holds the cancel up for its limit only") {
    DeploymentScenario panel;
    panel.push_server();
    panel.ports.settings.limits.cancel_build = 50ms;
    const auto id = panel.trigger();
    hang(panel, "build vps-panel/p1:d1");
    panel.begin();
    panel.until([&] { return !panel.calls.empty() && panel.calls.back().starts_with("build"); });
    hang(panel, "cancel build vps-panel-d1-1");
    REQUIRE(panel.run(panel.deployments.cancel(panel.owner, id)));
    panel.until([&] { return panel.finished(); });
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::cancelled);
}

TEST_CASE(
    "every action has a limit but the one transaction, and an undo leaves a cancel within ten seconds") {
    const Settings settings;
    for (int i = 0; i <= static_cast<int>(Action::finish_failed); ++i) {
        const auto action = static_cast<Action>(i);
        CAPTURE(to_string(action));
        const auto limit = limit_of(action, settings);
        CHECK(limit.has_value() == (action != Action::commit_live));
        if (limit) CHECK_FALSE(explain_deadline(action, *limit).sentence.empty());
    }
    const auto& limits = settings.limits;
    CHECK(limits.cancel_build + limits.undo_switch + limits.remove_new < 10s);
    CHECK(limits.hurried_drain + limits.hurried_stop < 10s);
}
