#pragma once
// Rows of `repair_counts`: how much reconcile has put right since the beginning, by kind, for all processes
// that share the database. Functions block; call them inside Database::read or ::write.

#include <soci/soci.h>

#include <cstdint>
#include <map>
#include <string>

namespace panel::database {

using RepairCounts = std::map<std::string, std::int64_t>; // by kind

void add_repairs(soci::session& session, const RepairCounts& more);
[[nodiscard]] RepairCounts list_repairs(soci::session& session);

} // namespace panel::database
