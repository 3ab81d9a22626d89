// Migrations that are killed, and that run twice at once; on both databases.
#include "database/migrator.hpp"

#include "database/connection.hpp"
#include "support/killed_child.hpp"
#include "support/temp_directory.hpp"
#include "support/test_database.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace panel;
using namespace panel::database;

namespace {

// Without a schema. No thread is started, so that children may be forked.
struct EmptyDatabase {
    EmptyDatabase() {
        if (test::postgres_server().empty()) {
            url = config::parse_database_url("sqlite://" + (directory.path() / "panel.db").string()).value();
        } else {
            name = test::create_empty_database("empty");
            url = config::parse_database_url(test::url_of_database(name)).value();
        }
    }
    ~EmptyDatabase() {
        if (!name.empty()) test::drop_database(name);
    }
    EmptyDatabase(const EmptyDatabase&) = delete;
    EmptyDatabase& operator=(const EmptyDatabase&) = delete;

    int count(const std::string& what) const {
        const auto connection = Connection::open(url, Purpose::maintain);
        int found = 0;
        connection->session() << "SELECT COUNT(*) FROM " + what, soci::into(found);
        return found;
    }

    test::TempDirectory directory;
    std::string name;
    config::DatabaseUrl url;
};

const std::vector<Migration> three_tables{
    {1, "one",
     "CREATE TABLE one (id {{id}}); CREATE TABLE two (id {{id}}); INSERT INTO one (id) VALUES (7);"},
    {2, "two",
     "ALTER TABLE two ADD COLUMN note TEXT NOT NULL DEFAULT ''; CREATE INDEX notes ON two (note); "
     "INSERT INTO two (id, note) SELECT id, 'a' FROM one;"},
    {3, "three", "DROP TABLE one; CREATE TABLE three (id {{id}});"}};

} // namespace

TEST_CASE("a migration that is killed before any of its statements is taken up by the next start") {
    int kills = 0;
    for (int at = 1;; ++at) {
        CAPTURE(at);
        const EmptyDatabase empty;
        const auto ending = test::in_child([&] {
            prepare_database(empty.url);
            const auto connection = Connection::open(empty.url, Purpose::maintain);
            test::KillAtStatement killer(at);
            killer.watch(connection->session());
            migrate(connection->session(), three_tables);
        });
        if (ending == test::Ending::well) break;
        REQUIRE(ending == test::Ending::killed);
        ++kills;
        prepare_database(empty.url);
        const auto connection = Connection::open(empty.url, Purpose::maintain);
        migrate(connection->session(), three_tables);
        CHECK(empty.count("schema_migrations") == 3);
        CHECK(empty.count("two WHERE id = 7 AND note = 'a'") == 1);
        CHECK(empty.count("three") == 0);
        CHECK_THROWS(empty.count("one"));
    }
    CHECK(kills > 15);
}

TEST_CASE("of processes that start at once on a new database, one makes the tables and the others wait") {
    const EmptyDatabase empty;
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            try {
                bring_up_to_date(empty.url);
                ::_exit(0);
            } catch (...) {
                ::_exit(1);
            }
        }
        children.push_back(child);
    }
    for (const auto child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(status == 0);
    }
    CHECK(empty.count("schema_migrations") == static_cast<int>(embedded_migrations().size()));
    CHECK(bring_up_to_date(empty.url).empty());
}

TEST_CASE("what was applied is named, in order") {
    const EmptyDatabase empty;
    const auto names = bring_up_to_date(empty.url);
    REQUIRE(names.size() == embedded_migrations().size());
    CHECK(names.front() == "0001 initial");
}
