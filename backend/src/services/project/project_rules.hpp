#pragma once
// What the fields of a project may hold: one check for create and for change. Pure, any thread.

#include "base/result.hpp"
#include "models/project.hpp"

#include <vector>

namespace panel::project {

// Brings the fields into their normal form and checks them all. Errors: invalid, with one field error for
// each mistake.
[[nodiscard]] Result<void> check_project(Project& project);

} // namespace panel::project
