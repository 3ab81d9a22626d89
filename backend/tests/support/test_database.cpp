#include "support/test_database.hpp"

#include "database/connection.hpp"
#include "database/migrator.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <random>

namespace panel::test {
namespace {

using database::Connection;
using database::Purpose;

std::unique_ptr<Connection> connect_to_server() {
    return Connection::open(config::parse_database_url(postgres_server()).value(), Purpose::maintain);
}

std::string random_name(const std::string& kind) {
    std::random_device random;
    return fmt::format("panel_{}_{}_{:08x}{:08x}", kind, ::getpid(), random(), random());
}

// One for each state of the schema; whoever needs it first makes it while the others wait.
std::string template_name() {
    std::string sql;
    for (const auto& migration : database::embedded_migrations()) sql += migration.sql;
    return fmt::format("panel_template_{:016x}", std::hash<std::string>{}(sql));
}

void make_template(soci::session& server, const std::string& name) {
    server << "SELECT pg_advisory_lock(1)";
    int count = 0;
    server << "SELECT COUNT(*) FROM pg_database WHERE datname = '" + name + "'", soci::into(count);
    if (count == 0) {
        const auto unfinished = name + "_unfinished";
        server << "DROP DATABASE IF EXISTS " + unfinished;
        server << "CREATE DATABASE " + unfinished;
        database::bring_up_to_date(config::parse_database_url(url_of_database(unfinished)).value());
        server << "ALTER DATABASE " + unfinished + " RENAME TO " + name;
    }
    server << "SELECT pg_advisory_unlock(1)";
}

std::string create_from_template() {
    const auto server = connect_to_server();
    const auto source = template_name();
    int count = 0;
    server->session() << "SELECT COUNT(*) FROM pg_database WHERE datname = '" + source + "'",
        soci::into(count);
    if (count == 0) make_template(server->session(), source);
    auto name = random_name("test");
    server->session() << "CREATE DATABASE " + name + " TEMPLATE " + source + " STRATEGY FILE_COPY";
    return name;
}

} // namespace

std::string postgres_server() {
    const char* url = std::getenv("PANEL_TEST_DATABASE");
    return url == nullptr ? "" : url;
}

std::string url_of_database(const std::string& name) {
    auto url = postgres_server(); // postgresql://user@host/postgres?host=...
    const auto start = url.find('/', url.find("://") + 3) + 1;
    return url.replace(start, std::min(url.find('?', start), url.size()) - start, name);
}

std::string create_empty_database(const std::string& kind) {
    auto name = random_name(kind);
    connect_to_server()->session() << "CREATE DATABASE " + name;
    return name;
}

void drop_database(const std::string& name) {
    connect_to_server()->session() << "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)";
}

TestDatabase::TestDatabase(const std::filesystem::path& directory, Kind kind) {
    if (kind == Kind::sqlite || postgres_server().empty()) {
        url_ = "sqlite://" + (directory / "panel.db").string();
    } else {
        name_ = create_from_template();
        url_ = url_of_database(name_);
    }
}

TestDatabase::~TestDatabase() {
    if (!name_.empty()) drop_database(name_);
}

} // namespace panel::test
