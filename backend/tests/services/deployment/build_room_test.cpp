// Who may build when: by places, by memory, in the order of arrival, never stuck.

#include "services/deployment/build_room.hpp"

#include "support/fakes/fake_docker.hpp"
#include "support/run.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace panel;
using namespace panel::deployment;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

constexpr std::int64_t megabyte = 1 << 20;

struct Entered {
    std::unique_ptr<BuildRoom::Place> place;
    std::string refusal;
    std::vector<std::string> said;
    bool ended = false;
};

struct Rooms {
    asio::io_context loop{1};
    asio::thread_pool pool{1};
    test::FakeDocker docker;
    docker::BuildLimits limits;
    std::optional<std::int64_t> free = 1000 * megabyte;
    std::optional<docker::BuildLimiter> limiter;
    std::optional<BuildRoom> room;

    BuildRoom& open(RoomSettings settings) {
        limiter.emplace(docker, pool, limits, "docker", docker::CgroupMounts{});
        room.emplace(loop.get_executor(), *limiter, settings, [this] { return free; });
        return *room;
    }
    static asio::awaitable<void> say(std::vector<std::string>& said, std::string line) {
        said.push_back(std::move(line));
        co_return;
    }
    static asio::awaitable<void> enter(BuildRoom& room, std::optional<std::int64_t> peak, Entered& entered) {
        BuildRoom::Say say_line = [&entered](std::string line) { return say(entered.said, std::move(line)); };
        auto place = co_await room.enter(peak, std::move(say_line));
        entered.ended = true;
        if (place)
            entered.place = std::move(*place);
        else
            entered.refusal = place.error().message;
    }
    void start(Entered& entered, std::optional<std::int64_t> peak) {
        loop.restart(); // it may have run out of work
        asio::co_spawn(loop, enter(*room, peak, entered), asio::detached);
    }
    // Runs what can run; a build that waits stays waiting.
    void settle(const bool& until) {
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (!until && std::chrono::steady_clock::now() < end) loop.run_one_for(10ms);
        REQUIRE(until);
    }
    void settle_said(const Entered& entered, std::size_t lines) {
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (entered.said.size() < lines && std::chrono::steady_clock::now() < end) loop.run_one_for(10ms);
        REQUIRE(entered.said.size() >= lines);
    }
};

} // namespace

TEST_CASE("one build at a time: the second waits, says for what, and goes on when the first has ended") {
    Rooms rooms;
    rooms.open({.concurrent_builds = 1});
    Entered first, second, third;
    rooms.start(first, 10 * megabyte);
    rooms.settle(first.ended);
    rooms.start(second, 10 * megabyte);
    rooms.start(third, 10 * megabyte);
    rooms.settle_said(third, 1);
    CHECK_FALSE(second.ended);
    CHECK(second.said == std::vector<std::string>{"Waiting for a build slot: another build runs, and this "
                                                  "server does one at a time."});
    CHECK(third.said.front() == "Waiting for a build slot: 1 build is ahead of it.");
    first.place.reset();
    rooms.settle(second.ended);
    CHECK_FALSE(third.ended);
    second.place.reset();
    rooms.settle(third.ended);
    CHECK(third.place);
    CHECK(first.said.empty());
}

TEST_CASE("beside others a build begins only when the free memory covers what the project's last one used") {
    Rooms rooms;
    rooms.free = 500 * megabyte;
    rooms.open({.concurrent_builds = 4, .look_again = 1ms});
    Entered first, second;
    rooms.start(first, 400 * megabyte);
    rooms.settle(first.ended); // the first of all always goes on
    rooms.start(second, 80 * megabyte);
    rooms.settle_said(second, 1);
    CHECK(second.said.front() ==
          "Waiting for a build slot: it needs about 90 MB of memory, and 50 MB are free beside "
          "the builds that run.");
    CHECK_FALSE(second.ended);
    rooms.free = 900 * megabyte; // an app gave some back
    rooms.settle(second.ended);
    CHECK(second.place);
}

TEST_CASE("a build that needs more than there is still runs when nothing else does") {
    Rooms rooms;
    rooms.free = 1 * megabyte;
    rooms.open({.concurrent_builds = 2});
    Entered huge;
    rooms.start(huge, 8000 * megabyte);
    rooms.settle(huge.ended);
    CHECK(huge.place);
    CHECK(huge.said.empty());
}

TEST_CASE("builds together are promised no more than their common limit") {
    Rooms rooms;
    rooms.limits.memory_bytes = 1000 * megabyte;
    rooms.free = 8000 * megabyte;
    rooms.open({.concurrent_builds = 4});
    Entered first, second, third;
    rooms.start(first, 800 * megabyte);
    rooms.settle(first.ended);
    rooms.start(second, 800 * megabyte);
    rooms.settle_said(second, 1);
    CHECK(second.said.front() ==
          "Waiting for a build slot: it needs about 900 MB of the 1000 MB that builds may use "
          "together, and 900 MB are taken by those that run.");
    first.place.reset();
    rooms.settle(second.ended);
    // What never ran is taken to need an ordinary amount.
    rooms.start(third, std::nullopt);
    rooms.settle_said(third, 1);
    CHECK_FALSE(third.ended);
    second.place.reset();
    rooms.settle(third.ended);
    CHECK(third.place);
}

TEST_CASE("a build that is cancelled while it waits leaves its place in the line") {
    Rooms rooms;
    rooms.open({.concurrent_builds = 1});
    Entered first, second, third;
    rooms.start(first, 10 * megabyte);
    rooms.settle(first.ended);
    asio::cancellation_signal cancel;
    bool second_ended = false;
    asio::co_spawn(
        rooms.loop, Rooms::enter(*rooms.room, 10 * megabyte, second),
        asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr&) { second_ended = true; }));
    rooms.settle_said(second, 1);
    rooms.start(third, 10 * megabyte);
    rooms.settle_said(third, 1);
    cancel.emit(asio::cancellation_type::terminal);
    rooms.settle(second_ended);
    CHECK_FALSE(second.place);
    CHECK(rooms.room->waiting() == 1);
    first.place.reset();
    rooms.settle(third.ended);
    CHECK(third.place);
}

TEST_CASE("a wait has an end, and says what there was no room for") {
    Rooms rooms;
    rooms.open({.concurrent_builds = 1, .longest_wait = 5ms, .look_again = 1ms});
    Entered first, second;
    rooms.start(first, 10 * megabyte);
    rooms.settle(first.ended);
    rooms.start(second, 10 * megabyte);
    rooms.settle(second.ended);
    CHECK(second.refusal ==
          "There was no room for this build for too long (1 min): another build runs, and this "
          "server does one at a time.");
    CHECK(rooms.room->waiting() == 0);
}

TEST_CASE("the memory that is left for builds leaves panel and apps alive") {
    constexpr std::int64_t gigabyte = 1024 * megabyte;
    CHECK(default_build_memory(1 * gigabyte) == 512 * megabyte);
    CHECK(default_build_memory(2 * gigabyte) == 1280 * megabyte);
    CHECK(default_build_memory(4 * gigabyte) / megabyte == 2662);
    CHECK(default_build_memory(24 * gigabyte) / megabyte == 15974);
}
