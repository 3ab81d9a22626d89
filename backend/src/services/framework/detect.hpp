#pragma once
// Detection: a repository's tree and what the user set -> how to install, build, start and serve it. A pure
// function of the tree, any thread (the tree's own). It lists the directories and reads the few files that
// rules ask for, each once.

#include "base/result.hpp"
#include "services/framework/file_tree.hpp"
#include "services/framework/plan.hpp"

namespace panel::framework {

// Code::invalid, with one plain sentence, when nothing is recognised (it says what was looked for), when a
// manifest cannot be read, when several applications are there and none was chosen, or when an override does
// not fit the repository.
[[nodiscard]] Result<Plan> detect(const FileTree& tree, const Overrides& overrides);

} // namespace panel::framework
