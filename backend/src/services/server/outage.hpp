#pragma once
// Tells a database that is gone, locked or full from a mistake of ours: the first is worth trying again. Any
// thread.

#include "base/result.hpp"

#include <exception>
#include <optional>

namespace panel::server {

// unavailable, in words for users; nothing for a mistake.
[[nodiscard]] std::optional<Error> database_outage(const std::exception& failure);

} // namespace panel::server
