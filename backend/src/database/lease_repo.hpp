#pragma once
// Rows of `leases`: which process does the work of a name, such as reconciling, for all that share the
// database. Functions block; call them inside Database::write.

#include "base/clock.hpp"

#include <soci/soci.h>

#include <chrono>
#include <string>

namespace panel::database {

// True when `owner` has it from now on for `duration`: it had it already, or nobody has.
[[nodiscard]] bool take_lease(soci::session& session, const std::string& name, const std::string& owner,
                              std::chrono::milliseconds duration, Timestamp now);
// Free at once for others; nothing happens when another has it.
void release_lease(soci::session& session, const std::string& name, const std::string& owner);

} // namespace panel::database
