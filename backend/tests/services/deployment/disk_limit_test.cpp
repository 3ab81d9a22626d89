// Real builds on a disk that holds 200 MB: what fills it is named, space comes back, and the next build
// works.

#include "services/deployment/explain.hpp"
#include "support/real_build.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::deployment;
using test::megabyte;
namespace asio = boost::asio;

namespace {

struct TightDisk {
    test::PrivateEngine engine{200 * megabyte};
    asio::io_context loop{1};
    docker::BuildLimiter limiter{engine.client, engine.pool, {}, engine.parent()};
    test::RealBuild builds{engine, loop, PANEL_FILL_DISK, "fill"};

    [[nodiscard]] std::int64_t free_bytes() const {
        return static_cast<std::int64_t>(std::filesystem::space(engine.data_root()).available);
    }
    test::Built run_build(std::int64_t least_disk_bytes, std::string tag, std::string step) {
        BuildRoom room(
            loop.get_executor(), limiter,
            {.sample = std::chrono::milliseconds{20}, .least_disk_bytes = least_disk_bytes},
            [] { return std::optional<std::int64_t>(); }, [this] { return free_bytes(); });
        return builds.run(room, std::move(tag), std::move(step));
    }
};

std::deque<LogLine> lines_of(const std::string& log) {
    std::deque<LogLine> lines;
    std::int64_t number = 0;
    for (std::size_t start = 0; start < log.size();) {
        const auto end = std::min(log.find('\n', start), log.size());
        lines.push_back({++number, log.substr(start, end - start)});
        start = end + 1;
    }
    return lines;
}

} // namespace

TEST_CASE("a build that fills the disk is told so, and the next one finds its space again") {
    if (const auto why = test::why_no_engine(); !why.empty()) {
        MESSAGE("SKIPPED: " << why);
        return;
    }
    TightDisk disk;
    if (!disk.engine.runs()) {
        MESSAGE("SKIPPED: a second engine does not run on this machine");
        return;
    }
    const auto full = disk.run_build(0, "full:1", "RUN [\"/fill\", \"/filler\", \"400\"]");
    REQUIRE(full.outcome);
    CHECK_FALSE(full.outcome->succeeded);
    const auto why = explain_build(*full.outcome, full.use, lines_of(full.log));
    CHECK(why.reason == "no_space");
    CHECK(why.sentence == "The disk is full: the build found no space left on the server.");
    const auto next = disk.run_build(0, "next:1", "RUN [\"/fill\", \"/filler\", \"20\"]");
    REQUIRE_MESSAGE(next.outcome, next.log);
    CHECK_MESSAGE(next.outcome->succeeded, next.log);
}

TEST_CASE("a build is ended before it has filled the disk") {
    if (const auto why = test::why_no_engine(); !why.empty()) {
        MESSAGE("SKIPPED: " << why);
        return;
    }
    TightDisk disk;
    if (!disk.engine.runs()) {
        MESSAGE("SKIPPED: a second engine does not run on this machine");
        return;
    }
    const auto stopped =
        disk.run_build(100 * megabyte, "slow:1", "RUN [\"/fill\", \"/filler\", \"400\", \"20\"]");
    REQUIRE_FALSE(stopped.outcome);
    CHECK(stopped.use.disk_full);
    CHECK(stopped.use.free_disk_bytes < 100 * megabyte);
    CHECK(stopped.use.free_disk_bytes > 20 * megabyte);
    CHECK(explain_full_disk(stopped.use.free_disk_bytes)
              .sentence.starts_with("The build was ended because the disk of the server was nearly full ("));
    const auto next = disk.run_build(0, "next:1", "RUN [\"/fill\", \"/filler\", \"10\"]");
    REQUIRE_MESSAGE(next.outcome, next.log);
    CHECK_MESSAGE(next.outcome->succeeded, next.log);
}
