#pragma once
// Brings the schema up to date with the numbered files of migrations/, which are compiled into the program.
// Each runs once, in a write transaction of its own with its row in `schema_migrations`, so that a kill
// between any two statements leaves a whole number of them; of several processes that start at once, one
// works and the others wait. Forward only. Blocks; on the thread that opens the database.

#include "config/database_url.hpp"

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

// Applies what is missing, and names it. Throws std::runtime_error with a plain sentence when the database is
// newer than the program or a migration was changed after it ran.
std::vector<std::string> migrate(soci::session& session, const std::vector<Migration>& migrations);

// Prepares the database (connection.hpp) and applies the embedded migrations. Throws std::runtime_error with
// a plain sentence, also when the database cannot be reached.
std::vector<std::string> bring_up_to_date(const config::DatabaseUrl& url);

// The single statements of a script; a ';' in quotes or comments does not end one. Comments are dropped.
[[nodiscard]] std::vector<std::string> split_statements(std::string_view script);

} // namespace panel::database
