#pragma once
// Tells a database that is gone, locked or full from a mistake of ours: the first is worth trying again. Any
// thread.

#include <exception>

namespace panel::server {

[[nodiscard]] bool is_database_outage(const std::exception& failure);

} // namespace panel::server
