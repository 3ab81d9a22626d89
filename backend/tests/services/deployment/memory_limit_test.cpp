// Programs that eat memory, in real builds and containers with 64 MB: they end, the reason is named with its
// figure, and what runs beside them goes on.

#include "services/deployment/explain.hpp"
#include "services/deployment/health_check.hpp"
#include "services/deployment/watch_judge.hpp"
#include "support/real_build.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::deployment;
using test::megabyte;
namespace asio = boost::asio;

namespace {

// A room with tight limits.
struct TightRoom {
    test::PrivateEngine engine;
    asio::io_context loop{1};
    docker::BuildLimiter limiter{engine.client,
                                 engine.pool,
                                 {.memory_bytes = 64 * megabyte, .cpus = 1, .processes = 200},
                                 engine.parent()};
    BuildRoom room{loop.get_executor(), limiter, {.sample = std::chrono::milliseconds{20}}, [] {
                       return std::optional<std::int64_t>();
                   }};
    test::RealBuild builds{engine, loop, PANEL_EAT_MEMORY, "eat"};

    test::Built run_build(std::string tag, const std::string& step) {
        return builds.run(room, std::move(tag), step + "\nCMD [\"/eat\", \"1\"]");
    }
};

} // namespace

TEST_CASE("a build that eats the server's memory ends with its figure, and the app beside it goes on") {
    if (const auto why = test::why_no_engine(); !why.empty()) {
        MESSAGE("SKIPPED: " << why);
        return;
    }
    TightRoom tight;
    if (!tight.engine.runs()) {
        MESSAGE("SKIPPED: a second engine does not run on this machine");
        return;
    }
    const auto modest = tight.run_build("modest:1", "RUN [\"/eat\", \"24\", \"500\"]");
    if (!tight.limiter.is_limiting()) {
        MESSAGE("SKIPPED: " << tight.limiter.problem());
        return;
    }
    REQUIRE_MESSAGE(modest.outcome, modest.log);
    CHECK_MESSAGE(modest.outcome->succeeded, modest.log);
    CHECK(modest.use.peak_bytes > 20 * megabyte);
    CHECK(modest.use.peak_bytes < 64 * megabyte);
    CHECK(modest.use.limit_bytes == 64 * megabyte);
    CHECK_FALSE(modest.use.out_of_memory);

    docker::ContainerSpec app;
    app.name = "app";
    app.image = "modest:1";
    app.command = {"/eat", "8", "600000"};
    const auto id = test::run(tight.loop, tight.engine.client.create_container(app));
    REQUIRE(id);
    REQUIRE(test::run(tight.loop, tight.engine.client.start_container(*id)));
    for (const auto* tag : {"greedy:1", "greedy:2"}) {
        const auto greedy = tight.run_build(tag, fmt::format("RUN [\"/eat\", \"300\", \"{}\"]", tag));
        REQUIRE(greedy.outcome);
        CHECK_FALSE(greedy.outcome->succeeded);
        CHECK(greedy.outcome->exit_code == 137);
        CHECK(greedy.use.out_of_memory);
        const auto why = explain_build(*greedy.outcome, greedy.use, {});
        CHECK(why.reason == "out_of_memory");
        CHECK(why.sentence.starts_with(
            "The build needed more than 64 MB of memory and was ended (limit 64 MB"));
    }
    const auto state = test::run(tight.loop, tight.engine.client.inspect_container(*id));
    REQUIRE(state);
    CHECK(state->running);
    CHECK(state->restart_count == 0);
    CHECK(test::run(tight.loop, tight.engine.client.remove_container(*id)));
    // What was too much for one build is forgotten by the next.
    const auto after = tight.run_build("modest:2", "RUN [\"/eat\", \"20\"]");
    REQUIRE(after.outcome);
    CHECK_MESSAGE(after.outcome->succeeded, after.log);
    CHECK_FALSE(after.use.out_of_memory);
}

TEST_CASE("an app that eats more than its limit is named as such while its health is checked") {
    test::RealEngine real;
    auto spec = real.spec("hungry");
    spec.memory_bytes = 64 * megabyte;
    spec.container_port = 3000;
    spec.host_port = test::free_port();
    spec.command = {"node", "-e", "const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1))"};
    const auto id = real.run(real.engine.create_container(spec));
    REQUIRE(id);
    REQUIRE(real.run(real.engine.start_container(*id)));
    HealthTarget target;
    target.container = spec.name;
    target.host_port = spec.host_port;
    target.container_port = 3000;
    target.path = "/";
    target.deadline = std::chrono::seconds{60};
    target.memory_limit_bytes = spec.memory_bytes;
    const auto verdict = real.run(check_health(real.engine, target));
    REQUIRE(verdict);
    CHECK_FALSE(verdict->healthy);
    const auto why = explain_health(verdict->failure, {});
    CHECK(why.reason == "out_of_memory");
    CHECK(why.sentence == "The app used more than its 64 MB of memory and was killed.");
}

TEST_CASE("an engine still tells that the memory limit ended an app when it has started it again") {
    test::RealEngine real;
    auto spec = real.spec("hungry-later");
    spec.memory_bytes = 64 * megabyte;
    spec.command = {
        "node", "-e",
        "setTimeout(() => { const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1)) }, 500)"};
    const auto id = real.run(real.engine.create_container(spec));
    REQUIRE(id);
    REQUIRE(real.run(real.engine.start_container(*id)));
    auto state = real.run(real.engine.inspect_container(*id));
    while (state && (state->restart_count == 0 || !state->running))
        state = real.run(real.engine.inspect_container(*id));
    REQUIRE(state);
    WatchLook look;
    look.restarts = state->restart_count;
    look.out_of_memory = state->out_of_memory;
    WatchedApp app;
    app.memory_limit_bytes = spec.memory_bytes;
    app.live_for = std::chrono::seconds{2};
    CHECK(explain_watch(look, app).sentence ==
          "It went live, but 2 s later it used more than its 64 MB of memory and was killed.");
}
