#include "database/change_feed.hpp"

#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <string>

using namespace panel;
using namespace panel::database;
using namespace std::chrono_literals;
using panel::test::TempDatabase;

namespace {

// Two Database objects on one database, as two processes have them. `feed` is that of the first.
struct TwoProcesses {
    TwoProcesses()
        : other(Database::open(temp.url(), pool, 1)),
          feed(loop.get_executor(), *temp.database, [this] { ++calls; }) {
        feed.start();
        REQUIRE(until([this] { return feed.is_listening(); }));
    }
    ~TwoProcesses() {
        test::run(loop, feed.stop(5s));
        pool.join();
    }

    // Runs the loop until it is so, at most 20 s.
    template <class Condition> bool until(Condition condition, std::chrono::milliseconds most = 20s) {
        const auto end = std::chrono::steady_clock::now() + most;
        loop.restart();
        while (!condition() && loop.run_one_until(end) > 0) {
        }
        return condition();
    }
    void write_elsewhere(const std::string& name) {
        auto write = [&](soci::session& session) {
            session << "INSERT INTO settings (name, value) VALUES ('" + name + "', '')";
        };
        other->write_blocking(write);
    }

    TempDatabase temp;
    boost::asio::thread_pool pool{1};
    std::unique_ptr<Database> other;
    boost::asio::io_context loop{1};
    int calls = 0;
    ChangeFeed feed;
};

} // namespace

TEST_CASE("a commit of another process is heard, and the generation grows") {
    TwoProcesses two;
    for (int i = 1; i <= 3; ++i) {
        const auto before = two.temp.database->generation();
        two.write_elsewhere(std::to_string(i));
        CHECK(two.until([&] { return two.calls == i; }));
        CHECK(two.temp.database->generation() > before);
    }
}

TEST_CASE("own commits are not told") {
    TwoProcesses two;
    two.temp.add_user("a@example.com");
    two.temp.add_user("b@example.com");
    two.write_elsewhere("one"); // heard after those two
    CHECK(two.until([&] { return two.calls > 0; }));
    CHECK(two.calls == 1);
}

TEST_CASE("a write that changes nothing is not told") {
    TwoProcesses two;
    auto nothing = [](soci::session& session) { session << "DELETE FROM settings WHERE name = 'nothing'"; };
    two.other->write_blocking(nothing);
    two.write_elsewhere("one");
    CHECK(two.until([&] { return two.calls > 0; }));
    CHECK(two.calls == 1);
}

TEST_CASE("many commits are told in few calls, and the last of them always") {
    TwoProcesses two;
    for (int i = 0; i < 200; ++i) two.write_elsewhere(std::to_string(i));
    const auto seen = [&] {
        return two.temp.read([](soci::session& session) {
            int count = 0;
            session << "SELECT COUNT(*) FROM settings", soci::into(count);
            return count;
        });
    };
    CHECK(two.until([&] { return two.calls > 0; }));
    CHECK(seen() == 200);
    CHECK(two.calls < 200);
}

TEST_CASE("a feed that lost its server hears again, and makes good what it missed by one call" *
          doctest::skip(test::postgres_server().empty())) {
    TwoProcesses two;
    const auto killer = Connection::open(two.temp.database->url(), Purpose::maintain);
    for (int i = 1; i <= 3; ++i) {
        killer->session() << "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = "
                             "current_database() AND pid <> pg_backend_pid()";
        CHECK(two.until([&] { return !two.feed.is_listening(); }));
        const auto before = two.calls;
        CHECK(two.until([&] { return two.feed.is_listening(); }));
        CHECK(two.until([&] { return two.calls == before + 1; }));
        two.write_elsewhere(std::to_string(i));
        CHECK(two.until([&] { return two.calls == before + 2; }));
    }
}
