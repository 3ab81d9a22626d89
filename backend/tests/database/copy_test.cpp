// Moving a database with a row in every table. The source is SQLite; the target is what the tests run on.
#include "database/copy.hpp"

#include "database/connection.hpp"
#include "database/migrator.hpp"
#include "database/table_list.hpp"
#include "support/killed_child.hpp"
#include "support/temp_directory.hpp"
#include "support/test_database.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <string>

using namespace panel;
using namespace panel::database;

namespace {

constexpr long long large = (1LL << 53) + 1;

// The value of a column in the n-th row: numbers as large as PostgreSQL's column takes, odd text.
std::string value_of(soci::session& session, const Table& table, const TableColumn& column, int n) {
    if (column.kind == TableColumn::Kind::real) return "0.1";
    if (column.kind == TableColumn::Kind::text) {
        const auto* name = column.name == "session_id" ? "id" : column.name.c_str(); // it refers to one
        return fmt::format("'{} \xf0\x9f\x94\x92 ''\"\\ %s {}'", name, n);
    }
    std::string type;
    session << fmt::format("SELECT type FROM pragma_table_info('{}') WHERE name = '{}'", table.name,
                           column.name),
        soci::into(type);
    return std::to_string(type == "BIGINT" || column.name == "id" ? large + n : n);
}

struct Databases {
    Databases() : address(second.path()) {
        from_url = config::parse_database_url("sqlite://" + (first.path() / "panel.db").string()).value();
        to_url = config::parse_database_url(address.url()).value();
        bring_up_to_date(from_url);
        bring_up_to_date(to_url);
        from = Connection::open(from_url, Purpose::maintain);
    }
    [[nodiscard]] std::unique_ptr<Connection> to() const {
        return Connection::open(to_url, Purpose::maintain);
    }

    // Rows that fill each column; what refers to another table gets the row that is there.
    void fill() {
        auto& session = from->session();
        session << "PRAGMA foreign_keys=OFF";
        for (const auto& table : list_tables()) {
            for (int n = 0; n < 3; ++n) {
                std::string values;
                for (const auto& column : table.columns)
                    values += (values.empty() ? "" : ", ") + value_of(session, table, column, n);
                session << fmt::format("INSERT INTO {} ({}) VALUES ({})", table.name, table.column_list(),
                                       values);
            }
        }
        session << "PRAGMA foreign_keys=ON";
        int broken = 0;
        session << "SELECT COUNT(*) FROM pragma_foreign_key_check", soci::into(broken);
        REQUIRE(broken == 0);
    }

    test::TempDirectory first;
    test::TempDirectory second;
    test::TestDatabase address;
    config::DatabaseUrl from_url;
    config::DatabaseUrl to_url;
    std::unique_ptr<Connection> from;
};

const CopyProgress silent = [](const std::string&) {};

long long number(soci::session& session, const std::string& sql) {
    long long value = 0;
    session << sql, soci::into(value);
    return value;
}

} // namespace

TEST_CASE("tables are listed parents first, with columns and key") {
    std::map<std::string, std::size_t> place;
    const auto tables = list_tables();
    for (std::size_t i = 0; i < tables.size(); ++i) place[tables[i].name] = i;
    CHECK(place.at("users") < place.at("projects"));
    CHECK(place.at("projects") < place.at("deployments"));
    CHECK(place.at("deployments") < place.at("log_chunks"));
    const auto& chunks = tables[place.at("log_chunks")];
    CHECK(chunks.column_list() == "deployment_id, start_offset, bytes");
    CHECK(chunks.key == std::vector<std::size_t>{0, 1});
    CHECK_FALSE(chunks.has_own_ids);
    CHECK(tables[place.at("deployments")].has_own_ids);
    CHECK_FALSE(place.contains("schema_migrations"));
}

TEST_CASE("every row of every table arrives, and new rows get new ids") {
    Databases databases;
    databases.fill();
    auto& from = databases.from->session();
    from << "UPDATE deployments SET started_at = NULL, duration = NULL WHERE id = 9007199254740993";
    from << "DELETE FROM deployments WHERE id = 9007199254740995"; // its number may never come again
    const auto to = databases.to();
    const auto tables = copy_database(from, to->session(), silent);
    CHECK(tables.size() == list_tables().size());
    for (const auto& table : tables) {
        CAPTURE(table.name);
        CHECK(table.rows >= 2);
        CHECK(table.mended == 0);
        CHECK(number(to->session(), "SELECT COUNT(*) FROM " + table.name) == table.rows);
    }
    auto& copy = to->session();
    CHECK(number(copy,
                 "SELECT COUNT(*) FROM deployments WHERE started_at IS NULL AND id = 9007199254740993") == 1);
    CHECK(number(copy,
                 "INSERT INTO deployments (project_id, branch, status, triggered_by, created_at) VALUES "
                 "(9007199254740993, 'main', 'pending', 'manual', 0) RETURNING id") == large + 3);
}

TEST_CASE("a target that is not empty is refused and stays as it is") {
    Databases databases;
    databases.fill();
    {
        const auto to = databases.to();
        to->session() << "INSERT INTO settings (name, value) VALUES ('kept', 'yes')";
    }
    auto copy = [&] {
        const auto to = databases.to();
        copy_database(databases.from->session(), to->session(), silent);
    };
    CHECK_THROWS_WITH_AS(copy(), doctest::Contains("not empty"), std::runtime_error);
    CHECK(number(databases.to()->session(), "SELECT COUNT(*) FROM settings") == 1);
    CHECK(number(databases.to()->session(), "SELECT COUNT(*) FROM users") == 0);
}

TEST_CASE("text that only SQLite could hold is mended and counted, and offsets of logs stay") {
    Databases databases;
    auto& from = databases.from->session();
    databases.fill();
    from << "UPDATE settings SET value = CAST(X'61FF0062' AS TEXT) WHERE name = (SELECT MIN(name) FROM "
            "settings)";
    from << "UPDATE log_chunks SET bytes = CAST(X'61FF0062' AS TEXT) WHERE deployment_id = 9007199254740993";
    const auto to = databases.to();
    std::map<std::string, std::int64_t> mended;
    for (const auto& table : copy_database(from, to->session(), silent)) mended[table.name] = table.mended;
    CHECK(mended["settings"] == 1);
    CHECK(mended["log_chunks"] == 1);
    CHECK(mended["users"] == 0);
    CHECK(number(to->session(), "SELECT COUNT(*) FROM log_chunks WHERE bytes = 'a??b'") == 1);
    CHECK(number(to->session(), "SELECT COUNT(*) FROM settings WHERE value = 'a\xef\xbf\xbd\xef\xbf\xbd"
                                "b'") == 1);
}

TEST_CASE("more rows than a batch come over, with keys of several columns") {
    Databases databases;
    databases.fill();
    auto& from = databases.from->session();
    from << "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1700) "
            "INSERT INTO log_chunks (deployment_id, start_offset, bytes) "
            "SELECT 9007199254740993 + i % 3, i, 'line ' || i FROM n";
    const auto to = databases.to();
    copy_database(from, to->session(), silent);
    CHECK(number(to->session(), "SELECT COUNT(*) FROM log_chunks") == 1703);
}

TEST_CASE("a copy that is killed leaves an empty target, and the next one succeeds") {
    Databases databases;
    databases.fill();
    databases.from.reset(); // the child has its own
    int kills = 0;
    for (int at = 4;; at += 7) {
        CAPTURE(at);
        const auto ending = test::in_child([&] {
            const auto from = Connection::open(databases.from_url, Purpose::maintain);
            const auto to = databases.to();
            test::KillAtStatement killer(at);
            killer.watch(to->session());
            copy_database(from->session(), to->session(), silent);
        });
        if (ending == test::Ending::well) break;
        REQUIRE(ending == test::Ending::killed);
        ++kills;
        CHECK(number(databases.to()->session(), "SELECT COUNT(*) FROM users") == 0);
        CHECK(number(databases.to()->session(), "SELECT COUNT(*) FROM settings") == 0);
    }
    CHECK(kills > 5);
    CHECK(number(databases.to()->session(), "SELECT COUNT(*) FROM users") == 3);
}
