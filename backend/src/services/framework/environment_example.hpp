#pragma once
// The names of the variables that a repository's .env.example lists. Values are never read on: examples hold
// real secrets at times.

#include "services/framework/file_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace panel::framework {

// In the order of the file, each name once, at most 200.
[[nodiscard]] std::vector<std::string> environment_keys(std::string_view example);

// From the first of .env.example, .env.sample, .env.template ... in the tree; `file` is set to its name.
[[nodiscard]] std::vector<std::string> read_environment_keys(const FileTree& tree, std::string& file);

} // namespace panel::framework
