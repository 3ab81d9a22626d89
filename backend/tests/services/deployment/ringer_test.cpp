// The queue is only the bell: what it forgets is rung for again, and without it work goes on all the same.
#include "test_worker.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace panel;
using test::DeploymentScenario;
using test::TestWorker;

namespace {

// A queue on another machine that is away, or takes everything and forgets it.
class LostQueue final : public queue::JobQueue {
  public:
    boost::asio::awaitable<Result<std::string>> push(queue::Job job) override {
        ids.push_back(job.id);
        if (is_away) co_return fail(Code::unavailable, "away");
        co_return std::move(job.id);
    }
    void serve(queue::Handler) override {}
    boost::asio::awaitable<void> stop(std::chrono::milliseconds) override { co_return; }
    boost::asio::awaitable<Result<void>> cancel(std::string) override { co_return Result<void>{}; }
    boost::asio::awaitable<Result<void>> pause(std::string) override { co_return Result<void>{}; }
    boost::asio::awaitable<Result<void>> resume(std::string) override { co_return Result<void>{}; }
    boost::asio::awaitable<Result<queue::QueueStats>> stats(std::string) override {
        co_return queue::QueueStats{};
    }
    bool is_away = false;
    std::vector<std::string> ids;
};

struct Ringing : DeploymentScenario {
    Ringing() { push_server(); }
    ~Ringing() { run(ringer.stop(std::chrono::seconds{5})); }
    LostQueue lost;
    std::vector<std::int64_t> without_queue;
    deployment::Ringer ringer{
        loop.get_executor(), *temp.database, temp.clock, bell, lost, [this](std::int64_t project) {
            without_queue.push_back(project);
        }};
};

} // namespace

TEST_CASE("what a queue forgot is rung for again within half a minute, and no sooner") {
    Ringing panel;
    panel.trigger();
    panel.run(panel.ringer.ring_unclaimed());
    panel.until([&] { return panel.lost.ids.size() == 1; });
    panel.run(panel.ringer.ring_unclaimed());
    panel.temp.clock.advance(std::chrono::seconds{30});
    panel.run(panel.ringer.ring_unclaimed());
    panel.until([&] { return panel.lost.ids.size() == 2; });
    CHECK(panel.lost.ids[0] != panel.lost.ids[1]);
    CHECK(panel.without_queue.empty());
}

TEST_CASE("a deployment that was taken over is rung for under another id at once") {
    const database::Unclaimed once{1, 2, 0};
    const database::Unclaimed taken_over{1, 2, 1};
    const ManualClock clock;
    CHECK(deployment::ring_job(once, clock.now()).id == deployment::ring_job(once, clock.now()).id);
    CHECK(deployment::ring_job(once, clock.now()).id != deployment::ring_job(taken_over, clock.now()).id);
    CHECK(deployment::project_of(deployment::ring_job(once, clock.now())) == 1);
}

TEST_CASE("a job that nobody here has pushed names no project") {
    queue::Job job;
    for (const auto* payload : {"", "{}", "[]", R"({"project_id":"1"})", R"({"project_id":-1})", "\xff"}) {
        job.type = "deploy";
        job.payload = payload;
        CHECK_FALSE(deployment::project_of(job));
    }
    job.type = "other";
    job.payload = R"({"project_id":1})";
    CHECK_FALSE(deployment::project_of(job));
}

TEST_CASE("a queue that is away is done without, and asked again") {
    Ringing panel;
    panel.lost.is_away = true;
    panel.trigger();
    panel.run(panel.ringer.ring_unclaimed());
    panel.until([&] { return panel.without_queue.size() == 1; });
    CHECK(panel.without_queue.front() == panel.project_id);
    panel.run(panel.ringer.ring_unclaimed());
    panel.until([&] { return panel.lost.ids.size() == 2; });
}

TEST_CASE("what somebody works on is not rung for") {
    Ringing panel;
    panel.trigger();
    REQUIRE(panel.is_claimable()); // and is claimed by this question
    panel.run(panel.ringer.ring_unclaimed());
    CHECK(panel.lost.ids.empty());
}

TEST_CASE("a deployment is done once, whatever the queue forgets or hands out twice") {
    DeploymentScenario panel;
    panel.push_server();
    test::Gate gate(panel.loop);
    panel.docker.while_building = [&](docker::LogSink) { return gate.pass(); };
    TestWorker one(panel, "one");
    TestWorker two(panel, "two");
    one.start();
    two.start();
    const auto id = panel.trigger();
    panel.until([&] { return gate.reached(); });
    panel.temp.write([](soci::session& session) { session << "DELETE FROM jobs"; });
    for (int i = 0; i < 3; ++i) { // somebody else's rings, for nothing
        auto job = deployment::ring_job({panel.project_id, id, 100 + i}, panel.temp.clock.now());
        job.group.clear();
        CHECK(panel.run(two.queue.push(std::move(job))));
    }
    gate.open();
    panel.until([&] { return panel.told.back() == "1 success"; });
    CHECK(std::ranges::count(panel.calls, "fetch main") == 1);
    CHECK(panel.docker.containers() == std::vector<std::string>{"vps-panel-p1-blue"});
    one.stop();
    two.stop();
}

TEST_CASE("a worker without its queue works on what is rung for") {
    DeploymentScenario panel;
    panel.push_server();
    TestWorker worker(panel);
    panel.trigger();
    worker.worker.work_without_queue(panel.project_id);
    panel.until([&] { return panel.told.back() == "1 success"; });
}
