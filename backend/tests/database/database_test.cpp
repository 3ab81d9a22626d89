#include "database/database.hpp"

#include "database/dialect.hpp"
#include "database/migrator.hpp"
#include "database/settings_repo.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace panel;
using namespace panel::database;
using panel::test::TempDatabase;

TEST_CASE("the database file is readable for its owner only") {
    TempDatabase temp(test::TestDatabase::Kind::sqlite);
    temp.add_user("a@example.com");
    for (const auto* suffix : {"", "-wal", "-shm"}) {
        struct stat status{};
        REQUIRE(::stat((temp.file().string() + suffix).c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0600);
    }
}

TEST_CASE("a session of SQLite keeps its promises: write-ahead log, full synchronous, foreign keys") {
    TempDatabase temp(test::TestDatabase::Kind::sqlite);
    const auto pragma = [&](const std::string& name) {
        return temp.write([&](soci::session& session) {
            std::string value;
            session << "PRAGMA " + name, soci::into(value);
            return value;
        });
    };
    CHECK(pragma("journal_mode") == "wal");
    CHECK(pragma("synchronous") == "2");
    CHECK(pragma("foreign_keys") == "1");
    CHECK(pragma("busy_timeout") == "5000");
}

TEST_CASE("what a write did is there after the database was closed and opened") {
    TempDatabase temp;
    const auto id = temp.add_user("a@example.com");
    temp.reopen();
    CHECK(temp.read([&](soci::session& session) { return find_user(session, id); })->email ==
          "a@example.com");
}

TEST_CASE("an exception inside a write undoes all of it and reaches the caller") {
    TempDatabase temp;
    const auto before = temp.database->generation();
    const auto write = [&] {
        temp.write([&](soci::session& session) {
            User user;
            user.email = "a@example.com";
            CHECK(insert_user(session, user, "-"));
            throw std::runtime_error("no");
        });
    };
    CHECK_THROWS_WITH_AS(write(), "no", std::runtime_error);
    CHECK(temp.read([](soci::session& session) { return count_users(session); }) == 0);
    CHECK(temp.database->generation() == before);
    temp.add_user("a@example.com");
    CHECK(temp.database->generation() == before + 1);
}

TEST_CASE("a read cannot write") {
    TempDatabase temp;
    const auto read = [&] { temp.read([&](soci::session& session) { session << "DELETE FROM users"; }); };
    CHECK_THROWS_AS(read(), soci::soci_error);
}

TEST_CASE("a database that takes no writes says so, and takes them again") {
    TempDatabase temp;
    const auto refuse = [](soci::session& session) {
        session << (session.get_backend_name() == "sqlite3" ? "PRAGMA query_only=ON"
                                                            : "SET TRANSACTION READ ONLY");
        put_setting(session, "name", "value");
    };
    Outage::Cause cause{};
    try {
        temp.write(refuse);
    } catch (const Outage& outage) {
        cause = outage.cause();
    }
    CHECK(cause == Outage::Cause::read_only);
    temp.reopen();
    temp.write([](soci::session& session) { put_setting(session, "name", "value"); });
}

TEST_CASE("a file that may not grow is a full disk, not a database that does not answer") {
    TempDatabase temp(test::TestDatabase::Kind::sqlite);
    const auto fill = [](soci::session& session) {
        session << "PRAGMA max_page_count=1"; // no more than it has
        for (int i = 0; i < 100; ++i) put_setting(session, fmt::format("name {}", i), std::string(4096, 'x'));
    };
    Outage::Cause cause{};
    std::string words;
    try {
        temp.write(fill);
    } catch (const Outage& outage) {
        cause = outage.cause();
        words = outage.words();
    }
    CHECK(cause == Outage::Cause::full);
    CHECK(words.contains("disk is full"));
}

TEST_CASE("a statement that failed works the next time") {
    TempDatabase temp;
    const auto broken = [&] { temp.add_deployment(99); }; // no such project
    CHECK_THROWS_AS(broken(), soci::soci_error);
    CHECK_THROWS_AS(broken(), soci::soci_error);
    const auto project = temp.add_project(temp.add_user("a@example.com"), "one");
    CHECK(temp.add_deployment(project) > 0);
}

TEST_CASE("reads see what the last write committed, on every session") {
    TempDatabase temp;
    for (int i = 1; i <= 20; ++i) {
        temp.add_user(std::to_string(i) + "@example.com");
        temp.read([&](soci::session& outer) {
            CHECK(count_users(outer) == i);
            temp.read([&](soci::session& inner) { CHECK(count_users(inner) == i); }); // the second reader
            CHECK(count_users(outer) == i);
        });
    }
}

TEST_CASE("writes of many threads come one after the other and none is lost") {
    TempDatabase temp;
    const auto project = temp.add_project(temp.add_user("a@example.com"), "one");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 10; ++n) temp.add_deployment(project);
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(temp.read([&](soci::session& session) {
        return list_deployments(session, project, 0, 100).size();
    }) == 40);
}

TEST_CASE("read and write suspend the coroutine and run on the pool") {
    TempDatabase temp;
    const auto caller = std::this_thread::get_id();
    const auto id = test::run(temp.database->write([&](soci::session& session) {
        CHECK(std::this_thread::get_id() != caller);
        User user;
        user.email = "a@example.com";
        return insert_user(session, user, "-").value();
    }));
    CHECK(test::run(temp.database->read([id](soci::session& session) {
              return find_user(session, id);
          })).has_value());
}

TEST_CASE("writes that wait for the writer leave the pool to the reads") {
    TempDatabase temp; // two pool threads
    boost::asio::io_context loop(1);
    std::latch release(1);
    int written = 0;
    const auto count = [&written](std::exception_ptr failure) { written += failure ? 0 : 1; };
    boost::asio::co_spawn(loop, temp.database->write([&release](soci::session&) { release.wait(); }), count);
    for (int i = 0; i < 4; ++i)
        boost::asio::co_spawn(loop, temp.database->write([](soci::session&) {}), count);
    CHECK(test::run(loop, temp.database->read([](soci::session& session) { return count_users(session); })) ==
          0);
    CHECK(written == 0);
    release.count_down();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (written < 5 && loop.run_one_until(end) > 0) {
    }
    CHECK(written == 5);
}

TEST_CASE("an address that is no absolute SQLite path is refused in words") {
    boost::asio::thread_pool pool(1);
    for (const auto* url : {"postgresql://panel:hidden@127.0.0.1:1/panel", "mysql://localhost/panel",
                            "sqlite://panel.db", "", "sqlite:///nowhere/at/all/panel.db"}) {
        CHECK_THROWS_AS(Database::open(url, pool, 1), std::runtime_error);
    }
}

TEST_CASE("every migration is recorded once") {
    TempDatabase temp;
    temp.reopen();
    temp.read([](soci::session& session) {
        int count = 0;
        int newest = 0;
        session << "SELECT COUNT(*), MAX(version) FROM schema_migrations", soci::into(count),
            soci::into(newest);
        CHECK(count == static_cast<int>(embedded_migrations().size()));
        CHECK(newest == embedded_migrations().back().version);
    });
}

TEST_CASE("a database newer than the program is refused") {
    TempDatabase temp;
    temp.write([](soci::session& session) {
        session << "INSERT INTO schema_migrations VALUES (9999, 'later', '', 0)";
    });
    CHECK_THROWS_WITH_AS(temp.reopen(), doctest::Contains("newer version of VPS Panel"), std::runtime_error);
}

TEST_CASE("a migration that was changed after it ran is refused") {
    TempDatabase temp;
    temp.write([](soci::session& session) {
        session << "UPDATE schema_migrations SET checksum = 'other' WHERE version = 1";
    });
    CHECK_THROWS_WITH_AS(temp.reopen(), doctest::Contains("differs"), std::runtime_error);
}

TEST_CASE("a migration that breaks half-way leaves nothing behind") {
    TempDatabase temp;
    auto migrations = embedded_migrations();
    migrations.push_back({9000, "broken", "CREATE TABLE half (id {{id}}); INSERT INTO nowhere VALUES (1);"});
    const auto connection = Connection::open(temp.database->url(), Purpose::maintain);
    auto& session = connection->session();
    CHECK_THROWS_AS(migrate(session, migrations), soci::soci_error);
    CHECK_THROWS_AS(session << "SELECT id FROM half", soci::soci_error);
    migrations.back() = {9000, "mended", "CREATE TABLE half (id {{id}});"};
    migrate(session, migrations);
    session << "INSERT INTO half DEFAULT VALUES";
}

TEST_CASE("a script is split at the semicolons outside quotes and comments") {
    const auto statements = split_statements("-- a; b\nCREATE TABLE a (x TEXT DEFAULT ';''');\n/* ; */ "
                                             "INSERT INTO \"a;b\" VALUES (1) ;\n\n;-- end");
    REQUIRE(statements.size() == 2);
    CHECK(statements[0] == "CREATE TABLE a (x TEXT DEFAULT ';''')");
    CHECK(statements[1] == "INSERT INTO \"a;b\" VALUES (1)");
}

TEST_CASE("placeholders become words of the dialect") {
    CHECK(in_dialect("id {{id}}, b {{blob}}", true) == "id INTEGER PRIMARY KEY AUTOINCREMENT, b BLOB");
    CHECK(in_dialect("id {{id}}, b {{blob}}", false) ==
          "id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, b BYTEA");
}

TEST_CASE("text that is not valid UTF-8, or holds a NUL, is stored with replacement characters") {
    TempDatabase temp;
    const std::string odd("caf\xe9 \0 \xf0\x9f\x94\x92", 11);
    temp.write([&](soci::session& session) { put_setting(session, "odd", odd); });
    CHECK(temp.read([](soci::session& session) { return find_setting(session, "odd"); }) ==
          "caf\xef\xbf\xbd \xef\xbf\xbd \xf0\x9f\x94\x92");
}

TEST_CASE("ids and times have 64 bits") {
    TempDatabase temp;
    const std::int64_t large = (std::int64_t{1} << 53) + 1;
    temp.write([&](soci::session& session) {
        session << "INSERT INTO users (id, email, password, name, role, created_at, updated_at) "
                   "VALUES (9007199254740993, 'a@example.com', '-', 'Ada', 'admin', 0, 9007199254740993)";
    });
    const auto user = temp.read([&](soci::session& session) { return find_user(session, large); });
    REQUIRE(user);
    CHECK(user->id == large);
    CHECK(to_milliseconds(user->updated_at) == large);
}
