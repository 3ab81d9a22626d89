// Build logs while the database is away: nothing that was written is lost or stored twice, and what did not
// fit is said.
#include "services/deployment/build_log.hpp"

#include "database/log_repo.hpp"
#include "database/outage.hpp"
#include "services/deployment/deployment_events.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>

using namespace panel;
using deployment::BuildLog;
using deployment::DeploymentEvents;
namespace asio = boost::asio;

namespace {

struct LogOfOne {
    asio::io_context loop{1};
    test::TempDatabase temp;
    std::int64_t project_id = temp.add_project(temp.add_user("ada@example.com"), "web");
    std::int64_t id = temp.add_deployment(project_id);
    DeploymentEvents events;
    int failing_writes = 0; // from now on
    BuildLog log{loop.get_executor(), *temp.database, temp.clock, events, id, project_id};
    std::string stamp = to_iso8601(temp.clock.now()) + " ";

    LogOfOne() {
        log.guard([this](soci::session&) {
            if (failing_writes > 0 && failing_writes-- > 0) throw database::Outage("the server is gone");
            return true;
        });
    }
    void write(const std::string& text) { test::run(loop, log.write(text)); }
    void fail_to_flush() {
        failing_writes = 1;
        CHECK_THROWS_AS(test::run(loop, log.flush()), database::Outage);
    }
    void flush() { test::run(loop, log.flush()); }
    std::string stored() {
        return temp
            .read([this](soci::session& session) { return database::read_log(session, id, 0, 100 << 20); })
            .bytes;
    }
};

std::string lines_of(const std::string& stamp, int from, int to, std::size_t width = 0) {
    std::string out;
    for (int i = from; i < to; ++i) out += stamp + fmt::format("{:0>{}}\n", i, width);
    return out;
}

asio::awaitable<void> flush_when_told(BuildLog& log, asio::steady_timer& told) {
    co_await told.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await log.flush();
}

} // namespace

TEST_CASE("what is logged while the database is away is stored when it is back") {
    LogOfOne panel;
    panel.write("0\n");
    panel.fail_to_flush();
    panel.write("1\n");
    panel.fail_to_flush();
    panel.failing_writes = 1;
    panel.write(lines_of("", 2, 9, 20'000)); // as much as a write waits for the database otherwise
    panel.failing_writes = 0;
    CHECK(panel.stored().empty());
    panel.write("9\n");
    panel.flush();
    panel.flush();
    const auto stored = panel.stored();
    CHECK(std::ranges::count(stored, '\n') == 10);
    CHECK(stored.starts_with(panel.stamp + "0\n" + panel.stamp + "1\n" + panel.stamp + "00"));
    CHECK(stored.ends_with(panel.stamp + "9\n"));
}

TEST_CASE("a write of which nothing was heard is not stored twice when it was committed") {
    LogOfOne panel;
    panel.write("one\n");
    panel.fail_to_flush();
    panel.temp.write(
        [&](soci::session& session) { database::append_log(session, panel.id, 0, panel.stamp + "one\n"); });
    panel.write("two\n");
    panel.flush();
    panel.flush();
    CHECK(panel.stored() == panel.stamp + "one\n" + panel.stamp + "two\n");
}

TEST_CASE("a flush that is cancelled loses nothing") {
    LogOfOne panel;
    panel.write("one\n");
    asio::cancellation_signal signal;
    asio::steady_timer told(panel.loop, asio::steady_timer::time_point::max());
    std::exception_ptr failure;
    asio::co_spawn(
        panel.loop, flush_when_told(panel.log, told),
        asio::bind_cancellation_slot(signal.slot(), [&failure](std::exception_ptr why) { failure = why; }));
    asio::post(panel.loop, [&signal] { signal.emit(asio::cancellation_type::terminal); });
    panel.loop.restart();
    panel.loop.run();
    REQUIRE(failure);
    CHECK_THROWS_AS(std::rethrow_exception(failure), boost::system::system_error);
    panel.write("two\n");
    panel.flush();
    panel.flush();
    CHECK(panel.stored() == panel.stamp + "one\n" + panel.stamp + "two\n");
}

TEST_CASE("in a long outage so much is kept and the rest is dropped, with a line that says how much") {
    LogOfOne panel;
    panel.write("0\n");
    panel.fail_to_flush();
    constexpr int count = 6000; // of 1 KB
    for (int i = 1; i < count; ++i) panel.write(fmt::format("{:0>1000}\n", i));
    CHECK(panel.log.newest().back().text == fmt::format("{:0>1000}", count - 1));
    CHECK(panel.log.held() <= BuildLog::held_limit_bytes);
    panel.flush();
    panel.write("after it\n");
    test::run(panel.loop, panel.log.close());
    const auto stored = panel.stored();
    const auto kept = std::ranges::count(stored, '\n') - 2;
    CHECK(kept > 4000);
    CHECK(stored ==
          panel.stamp + "0\n" + lines_of(panel.stamp, 1, static_cast<int>(kept), 1000) + panel.stamp +
              fmt::format("[{} lines were dropped: the database could not take them.]\n", count - kept) +
              panel.stamp + "after it\n");
    // Explanations name lines by their place in what is stored.
    CHECK(panel.log.newest().back().number == kept + 2);
    CHECK(panel.log.newest().front().number == kept + 1);
}

TEST_CASE("flushing goes on through an outage, and after the end of a run that failed by it") {
    LogOfOne panel;
    panel.failing_writes = 2;
    panel.write("one\n");
    bool ended = false;
    asio::co_spawn(panel.loop, panel.log.keep_flushing(), [&ended](std::exception_ptr why) {
        CHECK_FALSE(why);
        ended = true;
    });
    panel.log.stop();
    panel.loop.restart();
    panel.loop.run(); // until it has stored all
    CHECK(ended);
    CHECK(panel.stored() == panel.stamp + "one\n");
}

TEST_CASE("what waits is not stored once the log is another worker's") {
    LogOfOne panel;
    panel.write("one\n");
    panel.fail_to_flush();
    panel.log.guard([](soci::session&) { return false; });
    panel.flush();
    panel.write("two\n");
    test::run(panel.loop, panel.log.close());
    CHECK(panel.stored().empty());
}
