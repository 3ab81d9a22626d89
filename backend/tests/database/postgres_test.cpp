// What only PostgreSQL does, on a real server: skipped when the tests run on SQLite.
#include "database/database.hpp"
#include "database/outage.hpp"
#include "database/query.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>

#include <signal.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

using namespace panel;
using namespace panel::database;
using panel::test::TempDatabase;

namespace {

const bool skip = test::postgres_server().empty();

std::string value_of(soci::session& session, const std::string& sql) {
    std::string value;
    session << sql, soci::into(value);
    return value;
}

// Ends every other session of the database, as a restart of the server would.
void terminate_sessions(TempDatabase& temp) {
    const auto killer = Connection::open(temp.database->url(), Purpose::maintain);
    killer->session()
        << "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() "
           "AND pid <> pg_backend_pid()";
}

// The server's process for this session, as by SIGSTOP: it answers nothing, its connections stay up.
class Stopped {
  public:
    explicit Stopped(soci::session& session)
        : process_(std::stoi(value_of(session, "SELECT CAST(pg_backend_pid() AS TEXT)"))) {
        REQUIRE(::kill(process_, SIGSTOP) == 0);
    }
    ~Stopped() { ::kill(process_, SIGCONT); }
    Stopped(const Stopped&) = delete;
    Stopped& operator=(const Stopped&) = delete;

  private:
    pid_t process_;
};

struct Shortened {
    Patience usual = patience();
    Shortened() { patience() = {std::chrono::milliseconds{300}, std::chrono::milliseconds{300}}; }
    ~Shortened() { patience() = usual; }
};

} // namespace

TEST_CASE("a session for reading cannot write, one for writing is durable" * doctest::skip(skip)) {
    TempDatabase temp;
    CHECK(temp.read([](soci::session& session) { return value_of(session, "SHOW transaction_read_only"); }) ==
          "on");
    CHECK(temp.write([](soci::session& session) { return value_of(session, "SHOW synchronous_commit"); }) ==
          "on");
    CHECK(temp.write([](soci::session& session) { return value_of(session, "SHOW lock_timeout"); }) == "10s");
}

TEST_CASE("sessions that the server ended while nobody used them are opened anew without a failure" *
          doctest::skip(skip)) {
    TempDatabase temp;
    temp.add_user("a@example.com");
    CHECK(temp.read([](soci::session& session) { return count_users(session); }) == 1);
    for (int i = 0; i < 3; ++i) {
        terminate_sessions(temp);
        CHECK(temp.read([](soci::session& session) { return count_users(session); }) == i + 1);
        temp.add_user(std::to_string(i) + "@example.com");
    }
}

TEST_CASE("a session that the server ends in the middle of a call is an outage, and the next call works" *
          doctest::skip(skip)) {
    TempDatabase temp;
    const auto write = [&] {
        temp.write([&](soci::session& session) {
            User user;
            user.email = "lost@example.com";
            CHECK(insert_user(session, user, "-"));
            terminate_sessions(temp);
            insert_user(session, user, "-").value();
        });
    };
    CHECK_THROWS_AS(write(), Outage);
    const auto read = [&] {
        temp.read([&](soci::session& session) {
            (void)count_users(session);
            terminate_sessions(temp);
            (void)count_users(session);
        });
    };
    CHECK_THROWS_AS(read(), Outage);
    temp.add_user("a@example.com");
    CHECK(temp.read([](soci::session& session) { return count_users(session); }) == 1);
}

TEST_CASE("a server that stands still is an outage for who reads and who writes, and the next call works" *
          doctest::skip(skip)) {
    TempDatabase temp;
    temp.add_user("a@example.com");
    const auto while_stopped = [&](auto call) {
        const Shortened limits;
        std::optional<Stopped> stopped;
        call([&](soci::session& session) {
            stopped.emplace(session);
            (void)count_users(session);
        });
    };
    CHECK_THROWS_AS(while_stopped([&](auto work) { temp.read(work); }), Outage);
    CHECK_THROWS_AS(while_stopped([&](auto work) { temp.write(work); }), Outage);
    CHECK(temp.read([](soci::session& session) { return count_users(session); }) == 1);
    temp.add_user("b@example.com");
    CHECK(temp.read([](soci::session& session) { return count_users(session); }) == 2);
}

TEST_CASE("a server that stands still before its COMMIT keeps nothing of it" * doctest::skip(skip)) {
    TempDatabase temp;
    const auto write = [&] {
        const Shortened limits;
        std::optional<Stopped> stopped;
        temp.write([&](soci::session& session) {
            User user;
            user.email = "lost@example.com";
            CHECK(insert_user(session, user, "-"));
            stopped.emplace(session);
        });
    };
    CHECK_THROWS_AS(write(), Outage);
    temp.add_user("a@example.com"); // waits until the server has undone the other
    const auto users = temp.read([](soci::session& session) { return count_users(session); });
    // What was on its way when the connection was ended may arrive: as with every lost answer to a COMMIT.
    CHECK((users == 1 || users == 2));
}

TEST_CASE("a mistake in a statement is no outage, and its values are not told" * doctest::skip(skip)) {
    TempDatabase temp;
    std::string said;
    const auto broken = [&] {
        temp.write([](soci::session& session) {
            const std::string name = "hunter2";
            session << "INSERT INTO settings (name, value) VALUES (:a, NULL)", soci::use(name);
        });
    };
    try {
        broken();
    } catch (const Outage&) {
        FAIL("an outage");
    } catch (const soci::soci_error& error) {
        said = error.what();
    }
    CHECK(said.contains("INSERT INTO settings"));
    CHECK_FALSE(said.contains("hunter2"));
}

TEST_CASE("a password never stands in what is said when the server refuses it" * doctest::skip(skip)) {
    boost::asio::thread_pool pool(1);
    auto url = test::url_of_database("nowhere");
    url.insert(url.find('@'), ":hunter2");
    std::string said;
    try {
        Database::open(url, pool, 1);
    } catch (const std::runtime_error& error) {
        said = error.what();
    }
    CHECK(said.contains("nowhere"));
    CHECK_FALSE(said.contains("hunter2"));
}

TEST_CASE("two processes write one after the other, and what one checked stays true" * doctest::skip(skip)) {
    TempDatabase temp;
    boost::asio::thread_pool pool(2);
    const auto other = Database::open(temp.url(), pool, 1);
    const auto add_one = [](soci::session& session) { // check-then-write
        const auto count = count_users(session);
        User user;
        user.email = std::to_string(count) + "@example.com";
        insert_user(session, user, "-").value();
    };
    std::thread thread([&] {
        for (int i = 0; i < 25; ++i) other->write_blocking(add_one);
    });
    for (int i = 0; i < 25; ++i) temp.write(add_one);
    thread.join();
    CHECK(temp.read([](soci::session& session) { return count_users(session); }) == 50);
}

TEST_CASE("a server that nobody answers for is said in words") {
    boost::asio::thread_pool pool(1);
    CHECK_THROWS_WITH_AS(Database::open("postgresql://panel:hunter2@127.0.0.1:1/panel", pool, 1),
                         doctest::Contains("postgresql://panel@127.0.0.1:1/panel cannot be used"),
                         std::runtime_error);
}
