#pragma once
// From an opened JavaScript project and its table entry to a full plan: commands, port, Node version, recipe.
// Pure, any thread.

#include "services/framework/framework.hpp"

namespace panel::framework {

// Fills everything that the entry and the manifest decide; overrides are applied by the caller. `match` may
// hold no framework: then it is a plain Node or Bun program. False when nothing says how it would be built or
// started.
[[nodiscard]] bool complete_javascript(const Project& project, const Match& match, Plan& plan);

// The recipe's parts that depend on commands: called again after the user's overrides were applied.
void complete_recipe(const Project& project, const Overrides& overrides, Plan& plan);

} // namespace panel::framework
