#pragma once
// Brings the schema up to date with the numbered files of migrations/, which are compiled into the program.
// Each runs once, in a transaction of its own, and is recorded in `schema_migrations` with a checksum. Called
// by Database::open, on the thread that opens.

#include <soci/soci.h>

#include <string>
#include <string_view>
#include <vector>

namespace panel::database {

struct Migration {
    int version = 0;
    std::string_view name; // "initial" of 0001_initial.sql
    std::string_view sql;
};

// Sorted by version.
[[nodiscard]] const std::vector<Migration>& embedded_migrations();

// Throws std::runtime_error with a plain sentence when the database is newer than the program or a migration
// was changed after it ran.
void migrate(soci::session& session, const std::vector<Migration>& migrations);

// {{id}} and {{blob}} become the words of the session's dialect.
[[nodiscard]] std::string in_dialect(std::string_view sql, std::string_view backend);
// The single statements of a script; a ';' in quotes or comments does not end one. Comments are dropped.
[[nodiscard]] std::vector<std::string> split_statements(std::string_view script);

} // namespace panel::database
