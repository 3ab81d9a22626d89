#include "services/caddy/slot_markers.hpp"

#include "support/temp_directory.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <thread>

using namespace panel;
using namespace panel::caddy;
namespace fs = std::filesystem;

namespace {

struct Fixture {
    test::TempDirectory directory;
    fs::path slots = directory.path() / "slots";
    fs::path sites = directory.path() / "sites";
    SlotMarkers markers{slots, sites};
};

constexpr Slot all[] = {Slot::none, Slot::blue, Slot::green, Slot::static_files};

} // namespace

TEST_CASE_FIXTURE(Fixture, "every slot can be switched to from every other") {
    CHECK(markers.read(5) == Slot::none);
    for (const auto from : all) {
        for (const auto to : all) {
            CAPTURE(to_string(from));
            CAPTURE(to_string(to));
            REQUIRE(markers.set(5, from, true));
            REQUIRE(markers.read(5) == from);
            REQUIRE(markers.set(5, to));
            CHECK(markers.read(5) == to);
            CHECK(fs::exists(slots / "5.live") == (to != Slot::none));
        }
    }
    CHECK(markers.read(50) == Slot::none);
    REQUIRE(markers.set(5, Slot::static_files, true));
    CHECK(fs::exists(slots / "5.spa"));
    REQUIRE(markers.set(5, Slot::static_files, false));
    CHECK_FALSE(fs::exists(slots / "5.spa"));
    REQUIRE(markers.set(5, Slot::none));
    CHECK(fs::is_empty(slots));
}

TEST_CASE_FIXTURE(Fixture,
                  "while slots are switched, a reader sees the old or the new one and nothing else") {
    REQUIRE(markers.set(5, Slot::blue));
    std::atomic<bool> is_done = false;
    std::atomic<int> wrong = 0;
    std::atomic<int> expected =
        static_cast<int>(Slot::blue) * 10 + static_cast<int>(Slot::blue); // old and new
    // Asks in Caddy's order, as each request does: a marker that appears in between is missed, one that goes
    // was the old slot.
    std::thread reader([&] {
        while (!is_done) {
            const int before = expected;
            const auto seen = static_cast<int>(markers.read(5));
            const int after = expected;
            if (before == after && seen != before / 10 && seen != before % 10) ++wrong;
        }
    });
    const Slot order[] = {Slot::green, Slot::static_files, Slot::green,
                          Slot::blue,  Slot::static_files, Slot::blue};
    auto current = Slot::blue;
    for (int i = 0; i < 300; ++i) {
        const auto next = order[i % 6];
        expected = static_cast<int>(current) * 10 + static_cast<int>(next);
        if (!markers.set(5, next)) ++wrong;
        current = next;
    }
    is_done = true;
    reader.join();
    CHECK(wrong == 0);
}

TEST_CASE_FIXTURE(Fixture, "static files are published by one rename, and only when they are there") {
    CHECK(markers.published_static(5) == 0);
    CHECK(markers.publish_static(5, 1).error().code == Code::not_found);
    fs::create_directories(markers.static_directory(5, 1));
    fs::create_directories(markers.static_directory(5, 2));
    REQUIRE(markers.publish_static(5, 1));
    CHECK(markers.published_static(5) == 1);
    CHECK(fs::read_symlink(sites / "5" / "current") == "1");
    REQUIRE(markers.publish_static(5, 2));
    CHECK(markers.published_static(5) == 2);
    fs::create_directory_symlink("/etc", sites / "5" / "9");
    CHECK(markers.publish_static(5, 9).error().code == Code::not_found);
    CHECK(markers.published_static(5) == 2);
}

TEST_CASE_FIXTURE(Fixture, "removing a project unlinks what points outside instead of following it") {
    const auto outside = directory.path() / "outside";
    fs::create_directories(outside);
    std::ofstream(outside / "kept") << "x";
    fs::create_directories(markers.static_directory(5, 1));
    fs::create_directory_symlink(outside, markers.static_directory(5, 1) / "link");
    REQUIRE(markers.set(5, Slot::static_files, true));
    REQUIRE(markers.set(6, Slot::blue));
    REQUIRE(markers.remove_project(5));
    CHECK_FALSE(fs::exists(sites / "5"));
    CHECK(fs::exists(outside / "kept"));
    CHECK(markers.read(5) == Slot::none);
    CHECK_FALSE(fs::exists(slots / "5.spa"));
    CHECK(markers.read(6) == Slot::blue);
    CHECK(markers.remove_project(5));
    CHECK(markers.remove_project(7));
}

TEST_CASE_FIXTURE(
    Fixture, "what a process that was killed in the middle of a write left behind goes with its project") {
    REQUIRE(markers.set(5, Slot::blue));
    for (const auto* left : {".5.green.tmp", ".5.live.tmp", ".5.spa.tmp"}) std::ofstream(slots / left) << "";
    REQUIRE(markers.remove_project(5));
    CHECK(fs::is_empty(slots));
}
