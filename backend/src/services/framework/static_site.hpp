#pragma once
// Sites that are plain files: an index.html, in the root or in the directory where such sites keep it. Pure,
// any thread.

#include "services/framework/plan.hpp"
#include "services/framework/project.hpp"

#include <optional>

namespace panel::framework {

// A directory of files without a manifest, or with one that the user told to pass over. Nothing when no
// index.html is found.
[[nodiscard]] std::optional<Plan> plan_static_site(const SubTree& tree, const Overrides& overrides);

// A manifest that builds files with tools that the table does not know, or that only holds tools beside an
// index.html. `plan` is what was found so far.
[[nodiscard]] std::optional<Plan> complete_static_site(const Project& project, const Plan& plan);

} // namespace panel::framework
