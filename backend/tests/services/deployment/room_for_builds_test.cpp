// Deployments that have to wait for a build slot, or for which the disk has no space: what the log and the
// record say.
#include "deployment_scenario.hpp"

#include "database/project_repo.hpp"
#include "services/deployment/build_room.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace panel;
using namespace panel::deployment;
using test::DeploymentScenario;

namespace {

constexpr std::int64_t megabyte = 1 << 20;

boost::asio::awaitable<void> say_nothing(std::string) { co_return; }
boost::asio::awaitable<Result<void>> no_space() {
    co_return fail(Code::unavailable, "Not enough space: 800 MB free, a build needs about 2.0 GB.");
}

// The server has one build slot, and some other build is in it.
struct FullRoom : DeploymentScenario {
    FullRoom() {
        push_server();
        ports.room = &room;
        auto entered = run(room.enter(10 * megabyte, say_nothing));
        other = std::move(*entered);
    }
    std::string waiting_line() {
        for (const auto& line : log_lines(1))
            if (line.contains("Waiting for a build slot")) return line;
        return "";
    }
    // Its log is written in pieces.
    void until_it_waits() {
        until([this] { return !waiting_line().empty(); });
    }

    docker::BuildLimiter limiter{docker, temp.pool, {}, "docker", docker::CgroupMounts{}};
    BuildRoom room{loop.get_executor(), limiter, {}, [] { return std::optional<std::int64_t>(); }};
    std::unique_ptr<BuildRoom::Place> other;
};

} // namespace

TEST_CASE("a deployment waits for a build slot, says so in its log, and goes on when there is one") {
    FullRoom panel;
    const auto id = panel.trigger();
    panel.begin();
    panel.until_it_waits();
    CHECK(panel.waiting_line() ==
          "==> Waiting for a build slot: another build runs, and this server does one at a time.");
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::building);
    panel.other.reset();
    panel.until([&] { return panel.finished(); });
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
    CHECK(panel.room.building() == 0);
}

TEST_CASE("a deployment that waits for a build slot is cancelled at once, and the slot's line goes on") {
    FullRoom panel;
    const auto id = panel.trigger();
    panel.begin();
    panel.until_it_waits();
    REQUIRE(panel.run(panel.deployments.cancel(panel.owner, id)));
    panel.until([&] { return panel.finished(); });
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::cancelled);
    CHECK(panel.room.waiting() == 0);
    CHECK(panel.room.building() == 1); // the other one
    panel.other.reset();
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
}

TEST_CASE("a failed build gives its place back") {
    FullRoom panel;
    panel.other.reset();
    panel.docker.next_build.succeeded = false;
    panel.docker.next_build.exit_code = 1;
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::failed);
    CHECK(panel.room.building() == 0);
}

TEST_CASE("a deployment without space on the disk ends before it begins, with the figures") {
    DeploymentScenario panel;
    panel.push_server();
    panel.ports.make_space = no_space;
    const auto detail = panel.deploy();
    CHECK(detail.row.deployment.status == DeploymentStatus::failed);
    REQUIRE(detail.explanation);
    CHECK(detail.explanation->reason == "no_space");
    CHECK(detail.explanation->sentence == "Not enough space: 800 MB free, a build needs about 2.0 GB.");
    CHECK(detail.explanation->next_step ==
          "Make room on the server's disk (Server, Disk shows what takes it), then deploy again.");
    CHECK(panel.calls.empty()); // nothing was fetched
    panel.ports.make_space = nullptr;
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
}
