// Deployments whose worker died, was stopped, or lost its claim: another goes on, and ends them the same.
#include "deployment_scenario.hpp"

#include "test_worker.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

using namespace panel;
using test::DeploymentScenario;
using Calls = std::vector<std::string>;

namespace {

// The worker goes at this call, as by a power failure: it writes nothing more. Once.
void die_at(DeploymentScenario& panel, const std::string& fatal) {
    panel.script = [&panel, fatal](const std::string& call) {
        if (call != fatal) return;
        panel.script = nullptr;
        throw std::runtime_error("the power is gone");
    };
}

std::string all_of(DeploymentScenario& panel, std::int64_t id) {
    const auto detail = panel.detail(id);
    return std::string(to_string(detail.row.deployment.status)) + " " + panel.steps(id) + " " +
           detail.row.deployment.commit_hash + "\n" + panel.log(id);
}

} // namespace

TEST_CASE("a deployment whose worker died before the switch starts again and ends the same") {
    for (const std::string fatal : {"fetch main", "build vps-panel/p1:d2", "create vps-panel-p1-green",
                                    "start vps-panel-p1-green", "apply site 1", "probe web.localhost"}) {
        CAPTURE(fatal);
        DeploymentScenario panel;
        panel.push_server();
        panel.deploy();
        panel.take_calls();
        die_at(panel, fatal);
        const auto id = panel.trigger();
        panel.step();
        CHECK_FALSE(is_final(panel.detail(id).row.deployment.status));
        CHECK(panel.project().live_deployment_id == 1);
        CHECK(panel.docker.is_running("vps-panel-p1-blue"));
        CHECK_FALSE(panel.is_claimable());
        panel.let_claims_run_out();
        auto slot_at_start = caddy::Slot::none;
        bool leftover_at_start = true;
        panel.script = [&](const std::string& call) {
            if (!call.starts_with("fetch ")) return; // now of the commit that is known
            slot_at_start = panel.markers.read(1);
            leftover_at_start = panel.docker.is_running("vps-panel-p1-green");
        };
        panel.step();
        CHECK(slot_at_start == caddy::Slot::blue); // what the dead worker had switched is put back
        CHECK_FALSE(leftover_at_start);
        CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
        CHECK(panel.steps(id) == "success success success success success success success success success");
        CHECK(panel.project().live_deployment_id == id);
        CHECK(panel.markers.read(1) == caddy::Slot::green);
        CHECK(panel.docker.containers() == Calls{"vps-panel-p1-green"});
        CHECK(panel.log_lines(id).back() == "==> Live at http://web.localhost:8088");
    }
}

TEST_CASE("a deployment whose worker died behind the switch is only drained and finished") {
    for (const bool at_stop : {false, true}) {
        DeploymentScenario panel;
        panel.push_server();
        panel.deploy();
        const auto count = "count requests " + std::to_string(panel.port(caddy::Slot::blue));
        die_at(panel, at_stop ? "stop vps-panel-p1-blue" : count);
        const auto id = panel.trigger();
        panel.step();
        CHECK(panel.project().live_deployment_id == id);
        CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::deploying);
        panel.take_calls();
        panel.let_claims_run_out();
        panel.step();
        CHECK(panel.calls == Calls{count, "stop vps-panel-p1-blue", "remove vps-panel-p1-blue"});
        CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
        CHECK(panel.steps(id) == "success success success success success success success success success");
        CHECK(panel.markers.read(1) == caddy::Slot::green);
        CHECK(panel.docker.is_running("vps-panel-p1-green"));
    }
}

TEST_CASE("files that took the place of a server stop its container also when the first worker died") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.push_static({{"index.html", "files"}}, "files only");
    die_at(panel, "count requests " + std::to_string(panel.port(caddy::Slot::blue)));
    const auto id = panel.trigger();
    panel.step();
    panel.let_claims_run_out();
    panel.step();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
    CHECK(panel.docker.containers().empty());
    CHECK(panel.served("index.html") == "files");
}

TEST_CASE("a link that a dead worker had moved points to the live files while the deployment starts again") {
    DeploymentScenario panel;
    panel.push_static({{"index.html", "one"}});
    panel.deploy();
    panel.push_static({{"index.html", "two"}}, "second");
    die_at(panel, "probe web.localhost");
    const auto id = panel.trigger();
    panel.step();
    CHECK(panel.served("index.html") == "two");
    panel.let_claims_run_out();
    std::string served;
    panel.script = [&](const std::string& call) {
        if (call.starts_with("fetch ")) served = panel.served("index.html");
    };
    panel.step();
    CHECK(served == "one");
    CHECK(panel.served("index.html") == "two");
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
}

TEST_CASE("a deployment that was interrupted too often fails, and what it left behind goes") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    const auto id = panel.trigger();
    for (int attempt = 0; attempt < deployment::Runner::most_attempts; ++attempt) {
        die_at(panel, "probe web.localhost");
        panel.step();
        panel.let_claims_run_out();
    }
    CHECK(panel.markers.read(1) == caddy::Slot::green);
    panel.take_calls();
    panel.step();
    const auto detail = panel.detail(id);
    CHECK(detail.row.deployment.status == DeploymentStatus::failed);
    REQUIRE(detail.explanation);
    CHECK(detail.explanation->reason == "interrupted");
    CHECK(detail.row.deployment.error_message ==
          "The panel was interrupted 3 times while it worked on this deployment.");
    CHECK(detail.explanation->visitors == "Visitors still get deployment 1.");
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-blue"});
    CHECK(std::ranges::none_of(panel.calls,
                               [](const std::string& call) { return call.starts_with("fetch "); }));
    CHECK_FALSE(panel.is_claimable());
}

TEST_CASE("a release that is live is never failed for interruptions of its last steps") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    const auto id = panel.trigger();
    for (int attempt = 0; attempt < deployment::Runner::most_attempts; ++attempt) {
        die_at(panel, "stop vps-panel-p1-blue");
        panel.step();
        panel.let_claims_run_out();
    }
    panel.step();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
    CHECK(panel.project().live_deployment_id == id);
}

TEST_CASE("a worker whose deployment was taken over writes nothing and touches nothing any more") {
    DeploymentScenario panel;
    panel.push_server();
    test::Gate gate(panel.loop);
    panel.docker.while_building = [&](docker::LogSink) { return gate.pass(); };
    const auto id = panel.trigger();
    panel.begin();
    panel.until([&] { return gate.reached(); });
    panel.let_claims_run_out();
    panel.docker.while_building = nullptr;
    panel.step(); // the other worker
    REQUIRE(panel.detail(id).row.deployment.status == DeploymentStatus::success);
    const auto before = all_of(panel, id);
    panel.take_calls();
    const auto events = panel.told.size();
    gate.open();
    panel.until([&] { return panel.finished(); });
    CHECK(all_of(panel, id) == before);
    CHECK(panel.calls.empty());
    CHECK(panel.told.size() == events);
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-blue"});
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
}

TEST_CASE("of several triggers while one runs only the newest runs after it") {
    DeploymentScenario panel;
    panel.push_server();
    test::Gate gate(panel.loop);
    panel.docker.while_building = [&](docker::LogSink) { return gate.pass(); };
    test::TestWorker worker(panel);
    worker.start();
    panel.trigger();
    panel.until([&] { return gate.reached(); });
    for (int i = 0; i < 3; ++i) panel.trigger();
    gate.open();
    panel.until([&] { return !panel.told.empty() && panel.told.back() == "4 success"; });
    worker.stop();
    const auto status = [&](std::int64_t id) { return panel.detail(id).row.deployment.status; };
    CHECK(status(1) == DeploymentStatus::success);
    CHECK(status(2) == DeploymentStatus::superseded);
    CHECK(status(3) == DeploymentStatus::superseded);
    CHECK(status(4) == DeploymentStatus::success);
    CHECK(panel.steps(2) == "skipped skipped skipped skipped skipped skipped skipped skipped skipped");
    CHECK(panel.log(2) == "");
    CHECK(panel.project().live_deployment_id == 4);
    CHECK(std::ranges::count(panel.calls, "fetch main") == 2);
    CHECK(std::ranges::find(panel.told, "2 superseded") != panel.told.end());
}

TEST_CASE("a worker that is stopped in the middle hands its claim back, and the next one finishes") {
    DeploymentScenario panel;
    panel.push_server();
    test::Gate gate(panel.loop);
    panel.docker.while_building = [&](docker::LogSink) { return gate.pass(); };
    test::TestWorker first(panel);
    first.start();
    const auto id = panel.trigger();
    panel.until([&] { return gate.reached(); });
    first.stop();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::building);
    CHECK(panel.docker.containers().empty());

    panel.docker.while_building = nullptr;
    test::TestWorker next(panel);
    next.start(); // the clock has not moved: no claim has run out
    panel.until([&] { return panel.told.back() == "1 success"; });
    next.stop();
    CHECK(panel.project().live_deployment_id == id);
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-blue"});
    const auto lines = panel.log_lines(id);
    CHECK(lines.back() == "==> Live at http://web.localhost:8088");
    CHECK(std::ranges::count(lines, "==> Building") == 2);
}

namespace {

// Its build waits at the gate while heartbeats go on.
struct HeldBuild : DeploymentScenario {
    HeldBuild() {
        ports.settings.heartbeat_time = std::chrono::milliseconds{20};
        docker.while_building = [this](docker::LogSink) { return gate.pass(); };
        push_server();
    }
    void begin_build() {
        begin();
        until([this] { return gate.reached(); });
    }
    // Until a heartbeat has written what its settings and the clock say now.
    void await_heartbeat() {
        const auto expected = (temp.clock.now() + ports.settings.claim_time).time_since_epoch().count();
        until([&] {
            std::int64_t claim_until = 0;
            temp.write([&](soci::session& session) {
                session << "SELECT claim_until FROM deployments", soci::into(claim_until);
            });
            return claim_until == expected;
        });
    }
    // As when the database cannot be reached: no heartbeat is written.
    void refuse_heartbeats() { rename("claim_until", "lost"); }
    void take_heartbeats() { rename("lost", "claim_until"); }
    test::Gate gate{loop};

  private:
    void rename(const std::string& from, const std::string& to) {
        temp.write([&](soci::session& session) {
            session << "ALTER TABLE deployments RENAME COLUMN " + from + " TO " + to;
        });
    }
};

} // namespace

TEST_CASE("a claim outlives heartbeats that the database refuses for a while") {
    HeldBuild panel;
    panel.ports.settings.claim_time = std::chrono::seconds{3}; // waited for below; far more than a heartbeat
    const auto id = panel.trigger();
    panel.begin_build();
    panel.refuse_heartbeats();
    const auto refused = std::chrono::steady_clock::now() + 5 * panel.ports.settings.heartbeat_time;
    panel.until([&] { return std::chrono::steady_clock::now() >= refused; });
    panel.temp.clock.advance(std::chrono::seconds{1});
    panel.take_heartbeats();
    panel.await_heartbeat();
    const auto past_first_claim = std::chrono::steady_clock::now() + panel.ports.settings.claim_time;
    panel.until([&] { return std::chrono::steady_clock::now() >= past_first_claim; });
    CHECK_FALSE(panel.finished());
    panel.gate.open();
    panel.until([&] { return panel.finished(); });
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
}

TEST_CASE("a worker that cannot reach the database for as long as its claim lasts lets go") {
    HeldBuild panel;
    const auto id = panel.trigger();
    panel.begin_build();
    const auto long_claim = std::exchange(panel.ports.settings.claim_time, std::chrono::milliseconds{60});
    panel.await_heartbeat();
    panel.refuse_heartbeats();
    panel.until([&] { return panel.finished(); });
    panel.take_heartbeats();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::building);
    panel.docker.while_building = nullptr;
    panel.ports.settings.claim_time = long_claim;
    panel.let_claims_run_out();
    panel.step();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
    CHECK(panel.docker.containers() == Calls{"vps-panel-p1-blue"});
}
