// A cancel at every place of a deployment, at random moments, and newer pushes over older ones: each
// deployment ends, what is live keeps serving, and the queue goes on.
#include "deployment_scenario.hpp"
#include "test_worker.hpp"

#include "database/claim_repo.hpp"
#include "services/deployment/site_of.hpp"

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

using namespace panel;
using namespace std::chrono_literals;
using test::DeploymentScenario;
using Calls = std::vector<std::string>;

namespace {

struct Scene : DeploymentScenario {
    explicit Scene(bool is_static) {
        if (is_static)
            push_static({{"index.html", "one"}});
        else
            push_server();
        // What hangs is ended by the cancel, however long that takes on a busy machine, not by its own limit.
        ports.settings.route_timeout = 1min;
        ports.settings.health_timeout = 60s;
        ports.settings.drain_quiet = 1ms;
        ports.settings.limits.hurried_drain = 20ms;
        ports.settings.limits.cancel_build = 20ms;
        ports.settings.limits.remove_new = 20ms;
        ports.settings.limits.stop = 20ms;
        ports.settings.limits.margin = 20ms;
        ports.settings.drain_timeout = 1s;
    }
    void hang_at(const std::string& call) { docker.hangs_at = git.hangs_at = proxy.hangs_at = call; }
    void cancel_beside(std::int64_t id) {
        boost::asio::co_spawn(loop, deployments.cancel(owner, id),
                              [](const std::exception_ptr&, const Result<DeploymentDetail>&) {});
    }
    // The record, the markers and the containers name the same release, and it runs.
    void check_agreement() {
        const auto live = project().live_deployment_id;
        REQUIRE(live);
        const auto slot = deployment::parse_slot(release(*live)->slot);
        CHECK(markers.read(1) == slot);
        if (deployment::is_container(slot))
            CHECK(docker.is_running(deployment::container_name(settings_of(), 1, slot)));
        CHECK(detail(*live).row.deployment.status == DeploymentStatus::success);
    }
    const deployment::Settings& settings_of() { return ports.settings; }
};

// What a deployment over a live release asks of git, Docker and Caddy.
Calls usual_calls(bool is_static) {
    Scene scene(is_static);
    scene.deploy();
    scene.take_calls();
    scene.deploy();
    return scene.take_calls();
}

bool is_long_run() {
    const char* wanted = std::getenv("PANEL_LONG_TESTS");
    return wanted != nullptr && *wanted != '\0';
}

} // namespace

TEST_CASE("a deployment can be cancelled at whatever it asks, whether that answers or hangs") {
    for (const bool is_static : {false, true})
        for (const auto& call : usual_calls(is_static))
            for (const bool hangs : {false, true}) {
                CAPTURE(is_static);
                CAPTURE(call);
                CAPTURE(hangs);
                Scene scene(is_static);
                scene.deploy();
                scene.script = [&](const std::string& now) {
                    if (now == call && scene.detail(2).row.deployment.started_at) scene.cancel_beside(2);
                };
                if (hangs) scene.hang_at(call);
                scene.trigger();
                scene.begin();
                scene.until([&] { return scene.finished(); });
                scene.script = nullptr;
                scene.hang_at("nothing");
                const auto status = scene.detail(2).row.deployment.status;
                const bool was_live = scene.project().live_deployment_id == 2;
                CHECK(status == (was_live ? DeploymentStatus::success : DeploymentStatus::cancelled));
                scene.check_agreement();
                CHECK_FALSE(scene.is_claimable());
                CHECK(scene.deploy().row.deployment.status == DeploymentStatus::success);
                scene.check_agreement();
            }
}

TEST_CASE("a cancel while the undo of a failure runs changes nothing: it ends as failed") {
    Scene scene(false);
    scene.deploy();
    scene.ports.settings.route_timeout = 20ms; // asked until then
    scene.proxy.probe_answer = caddy::ProbeAnswer{502, "green"};
    scene.script = [&](const std::string& call) {
        if (call == "remove vps-panel-p1-green") scene.cancel_beside(2);
    };
    scene.trigger();
    scene.begin();
    scene.until([&] { return scene.finished(); });
    CHECK(scene.detail(2).row.deployment.status == DeploymentStatus::failed);
    scene.check_agreement();
}

TEST_CASE("a cancel while another deployment of the project waits lets that one go on") {
    Scene scene(false);
    scene.deploy();
    scene.hang_at("build vps-panel/p1:d2");
    scene.trigger();
    scene.begin();
    scene.until([&] { return !scene.calls.empty() && scene.calls.back() == "build vps-panel/p1:d2"; });
    const auto waiting = scene.trigger();
    REQUIRE(scene.run(scene.deployments.cancel(scene.owner, 2)));
    scene.until([&] { return scene.finished(); });
    CHECK(scene.detail(2).row.deployment.status == DeploymentStatus::cancelled);
    CHECK(scene.detail(waiting).row.deployment.status == DeploymentStatus::pending);
    scene.step();
    CHECK(scene.detail(waiting).row.deployment.status == DeploymentStatus::success);
    scene.check_agreement();
}

TEST_CASE("cancels at random moments never stall the queue") {
    Scene scene(false);
    scene.deploy();
    std::mt19937 random(7);
    const int cancels = is_long_run() ? 500 : 100;
    for (int i = 0; i < cancels; ++i) {
        const auto id = scene.trigger();
        scene.begin();
        const auto steps = std::uniform_int_distribution<int>(0, 120)(random);
        scene.loop.restart();
        for (int step = 0; step < steps && !scene.finished(); ++step) scene.loop.run_one_for(5ms);
        (void)scene.run(scene.deployments.cancel(scene.owner, id));
        scene.until([&] { return scene.finished(); });
        CAPTURE(i);
        const auto status = scene.detail(id).row.deployment.status;
        CHECK((status == DeploymentStatus::cancelled || status == DeploymentStatus::success));
        scene.check_agreement();
        REQUIRE_FALSE(scene.is_claimable());
    }
    CHECK(scene.deploy().row.deployment.status == DeploymentStatus::success);
}

TEST_CASE("of a hundred pushes at once one runs, one waits, and the newest is live at the end") {
    const int rounds = is_long_run() ? 200 : 10;
    Scene scene(false);
    test::TestWorker worker(scene);
    worker.start();
    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        std::int64_t newest = 0;
        int answered = 0;
        for (int i = 0; i < 100; ++i)
            boost::asio::co_spawn(scene.loop, scene.deployments.trigger(scene.owner, 1, {}),
                                  [&](const std::exception_ptr&, const Result<DeploymentDetail>& made) {
                                      REQUIRE(made);
                                      newest = std::max(newest, made->row.deployment.id);
                                      ++answered;
                                  });
        const auto open = [&] {
            return scene.temp.read(
                [&](soci::session& session) { return database::unfinished_deployments(session, 1); });
        };
        scene.until([&] { return answered == 100; });
        const auto waiting = open();
        CHECK(waiting.size() <= 2);
        CHECK(std::ranges::count(waiting, DeploymentStatus::pending, &Deployment::status) <= 1);
        scene.until([&] { return open().empty(); });
        REQUIRE(scene.project().live_deployment_id == newest);
        scene.check_agreement();
    }
    worker.stop();
}
