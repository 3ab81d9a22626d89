// What a process without Docker gets from one that has it.
#include "deployment_scenario.hpp"

#include "services/deployment/worker_calls.hpp"
#include "services/deployment/worker_desk.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

using namespace panel;
using test::DeploymentScenario;

namespace {

struct Desk : DeploymentScenario {
    Desk() {
        push_server();
        REQUIRE(desk.listen(temp.directory.path() / "worker-1.sock"));
    }
    ~Desk() { run(desk.stop(std::chrono::seconds{5})); }
    deployment::WorkerDesk desk{loop.get_executor(), ports, live, cleaner};
    deployment::WorkerCalls calls{temp.directory.path()};
    deployment::LiveRelease remote{ports, &calls};
};

boost::asio::awaitable<void> keep(std::string& heard, std::string text) {
    heard += text;
    co_return;
}

} // namespace

TEST_CASE("the output and the figures of a live release are the same from both processes") {
    Desk panel;
    panel.deploy();
    const auto near = panel.run(panel.live.log(panel.owner, panel.project_id, 10));
    const auto far = panel.run(panel.remote.log(panel.owner, panel.project_id, 10));
    REQUIRE(near);
    REQUIRE(far);
    CHECK(*near == *far);
    const auto here = panel.run(panel.live.metrics(panel.owner, panel.project_id));
    const auto there = panel.run(panel.remote.metrics(panel.owner, panel.project_id));
    REQUIRE(there);
    CHECK(there->running == here->running);
    CHECK(there->slot == here->slot);
    CHECK(there->memory_bytes == here->memory_bytes);
    CHECK(panel.run(panel.calls.check()));
}

TEST_CASE("what a live release prints is followed through the other process, until the follower goes") {
    Desk panel;
    panel.deploy();
    std::string heard;
    docker::LogSink sink = [&heard](std::string text) { return keep(heard, std::move(text)); };
    boost::asio::cancellation_signal gone;
    bool ended = false;
    boost::asio::co_spawn(
        panel.loop, panel.remote.follow_log(panel.owner, panel.project_id, std::move(sink)),
        boost::asio::bind_cancellation_slot(
            gone.slot(), [&ended](const std::exception_ptr&, const Result<void>&) { ended = true; }));
    panel.until([&] { return panel.docker.followers("vps-panel-p1-blue") == 1; });
    panel.docker.print("vps-panel-p1-blue", "one\n\xff two\n");
    panel.until([&] { return heard == "one\n\xef\xbf\xbd two\n"; });
    gone.emit(boost::asio::cancellation_type::terminal);
    panel.until([&] { return ended && panel.docker.followers("vps-panel-p1-blue") == 0; });
}

TEST_CASE("who may not see a project is refused before anybody is asked") {
    Desk panel;
    panel.deploy();
    const auto other = panel.temp.add_user("other@example.com");
    const auto answer = panel.run(panel.remote.log(Principal{other, Role::user, {}}, panel.project_id, 10));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Code::not_found);
}

TEST_CASE("errors keep their kind on the way") {
    Desk panel;
    const auto answer = panel.run(panel.calls.log(panel.project_id, 10));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Code::conflict);
    const auto unknown = panel.run(panel.calls.log(99, 10));
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == Code::not_found);
}

TEST_CASE("a project is taken off the server from the other process") {
    Desk panel;
    panel.deploy();
    CHECK(panel.run(panel.calls.remove_project(panel.project_id)));
    CHECK(panel.docker.containers().empty());
    CHECK(panel.run(panel.calls.remove_project(panel.project_id)));
}

TEST_CASE("without a worker the sentence says so") {
    Desk panel;
    panel.run(panel.desk.stop(std::chrono::seconds{5}));
    const auto answer = panel.run(panel.calls.check());
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Code::unavailable);
    CHECK(answer.error().message == "No worker runs: the process of the role worker is missing.");
}
