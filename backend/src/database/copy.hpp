#pragma once
// Moves a whole database to another one, as from SQLite to PostgreSQL: into an empty target with the same
// schema, in one transaction, which commits only after each row was read back and compared. A kill at any
// moment therefore leaves the target empty. Nobody can write to the source meanwhile. Blocks; for the command
// line.
//
// Both keep text as valid UTF-8 without NUL (query.hpp); what an older version stored otherwise is mended on
// the way and counted: U+FFFD, or '?' in build logs, whose offsets count bytes.

#include <soci/soci.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace panel::database {

struct CopiedTable {
    std::string name;
    std::int64_t rows = 0;
    std::int64_t mended = 0; // values that were no valid text
};

// Hears of each table twice: when its rows are copied, and when they are compared.
using CopyProgress = std::function<void(const std::string& sentence)>;

// Both sessions have the current schema. Throws std::runtime_error with a plain sentence when the target is
// not empty or a row differs; Outage and soci_error as any call.
std::vector<CopiedTable> copy_database(soci::session& from, soci::session& to, const CopyProgress& progress);

} // namespace panel::database
