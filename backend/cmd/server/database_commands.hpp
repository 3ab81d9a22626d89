#pragma once
// `vps-panel migrate` and `vps-panel copy-database`: what is done to a database while the panel is stopped.

#include "config/config.hpp"

#include <string>
#include <vector>

namespace panel {

// The exit code; what was done, or why not, is said on standard output and error.
int migrate_database(const std::vector<std::string>& arguments, const config::Environment& environment);
int copy_database(const std::vector<std::string>& arguments, const config::Environment& environment);

} // namespace panel
