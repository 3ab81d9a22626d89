#include "database/migrator.hpp"

#include "base/clock.hpp"
#include "database/connection.hpp"
#include "database/dialect.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>

namespace panel::database {
namespace {

constexpr const char* create_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
    "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";
constexpr const char* select_applied = "SELECT version, checksum FROM schema_migrations ORDER BY version";
constexpr const char* insert_applied = "INSERT INTO schema_migrations (version, name, checksum, applied_at) "
                                       "VALUES (:version, :name, :checksum, :now)";

// FNV-1a: finds a file that somebody edited, not an attacker, who would own the database anyway.
std::string checksum_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return fmt::format("{:016x}", hash);
}

std::map<int, std::string> applied_migrations(soci::session& session) {
    std::map<int, std::string> applied;
    int version = 0;
    std::string checksum;
    soci::statement statement =
        (session.prepare << select_applied, soci::into(version), soci::into(checksum));
    statement.execute();
    while (statement.fetch()) applied[version] = checksum;
    return applied;
}

void check(const std::map<int, std::string>& applied, const std::vector<Migration>& migrations) {
    const int newest = migrations.empty() ? 0 : migrations.back().version;
    if (!applied.empty() && applied.rbegin()->first > newest) {
        throw std::runtime_error(fmt::format("The database was written by a newer version of VPS Panel (its "
                                             "schema is {}, this program knows {}); "
                                             "install that version again or restore an older backup.",
                                             applied.rbegin()->first, newest));
    }
    for (const auto& migration : migrations) {
        const auto found = applied.find(migration.version);
        if (found != applied.end() && found->second != checksum_of(migration.sql)) {
            throw std::runtime_error(fmt::format(
                "Migration {} of the database differs from the one in this program; the program and the "
                "database do not belong together.",
                migration.version));
        }
    }
}

// In a transaction that excludes every other writer, asks again what is missing and applies the first of it.
// Its name, "" when nothing is missing.
std::string apply_next(soci::session& session, const std::vector<Migration>& migrations) {
    session << create_table;
    const auto applied = applied_migrations(session);
    check(applied, migrations);
    const auto next =
        std::ranges::find_if(migrations, [&](const auto& one) { return !applied.contains(one.version); });
    if (next == migrations.end()) return "";
    for (const auto& statement : split_statements(in_dialect(next->sql, is_sqlite(session))))
        session << statement;
    const std::string name(next->name);
    const auto checksum = checksum_of(next->sql);
    const long long now = to_milliseconds(SystemClock().now());
    session << insert_applied, soci::use(next->version), soci::use(name), soci::use(checksum), soci::use(now);
    return fmt::format("{:04} {}", next->version, name);
}

// Where the quoted text or comment that starts at `at` ends (one past it); `at` itself when none starts
// there.
std::size_t end_of_quoted(std::string_view script, std::size_t at, bool& is_comment) {
    const auto end_after = [&](std::string_view mark, std::size_t from) {
        const auto found = script.find(mark, from);
        return found == std::string_view::npos ? script.size() : found + mark.size();
    };
    is_comment = true;
    if (script.substr(at).starts_with("--")) return end_after("\n", at);
    if (script.substr(at).starts_with("/*")) return end_after("*/", at + 2);
    is_comment = false;
    if (script[at] == '\'') return end_after("'", at + 1);
    if (script[at] == '"') return end_after("\"", at + 1);
    return at;
}

} // namespace

std::vector<std::string> split_statements(std::string_view script) {
    std::vector<std::string> statements;
    std::string current;
    const auto finish = [&] {
        const auto first = current.find_first_not_of(" \t\r\n");
        if (first != std::string::npos)
            statements.push_back(current.substr(first, current.find_last_not_of(" \t\r\n") - first + 1));
        current.clear();
    };
    for (std::size_t at = 0; at < script.size();) {
        bool is_comment = false;
        const auto end = end_of_quoted(script, at, is_comment);
        if (end != at) {
            if (is_comment) {
                current += '\n';
            } else {
                current += script.substr(at, end - at);
            }
            at = end;
            continue;
        }
        if (script[at] == ';') {
            finish();
        } else {
            current += script[at];
        }
        ++at;
    }
    finish();
    return statements;
}

std::vector<std::string> migrate(soci::session& session, const std::vector<Migration>& migrations) {
    std::vector<std::string> names;
    while (true) {
        begin_write(session);
        try {
            auto name = apply_next(session, migrations);
            commit_write(session, "migration");
            if (name.empty()) return names;
            names.push_back(std::move(name));
        } catch (...) {
            roll_back(session);
            throw;
        }
    }
}

std::vector<std::string> bring_up_to_date(const config::DatabaseUrl& url) {
    try {
        prepare_database(url);
        const auto connection = Connection::open(url, Purpose::maintain);
        auto names = migrate(connection->session(), embedded_migrations());
        for (const auto& name : names) spdlog::info("database: applied migration {}", name);
        return names;
    } catch (const Outage& outage) {
        throw std::runtime_error(fmt::format("The database {} cannot be used: {}", url.shown, outage.what()));
    } catch (const soci::soci_error& error) {
        throw std::runtime_error(
            fmt::format("The database {} cannot be used: {}", url.shown, error.get_error_message()));
    }
}

} // namespace panel::database
