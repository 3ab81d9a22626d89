#pragma once
// Which major of Node a repository wants. Images are tagged by major and hold its newest release, so a range
// is met by a major when its newest release is in the range. Pure apart from the tree it reads.

#include "services/framework/file_tree.hpp"
#include "services/framework/manifest.hpp"
#include "services/framework/plan.hpp"

namespace panel::framework {

inline constexpr int default_node_major = 24;

// engines.node wins over .nvmrc, .node-version, .tool-versions and volta where they disagree; a wish that no
// known release meets falls back to the default with a warning. Sets plan.runtime_version and its evidence.
void choose_node_version(const SubTree& tree, const std::vector<const Manifest*>& manifests, Plan& plan);

} // namespace panel::framework
