#pragma once
// Reads a commit object as `git cat-file commit` prints it (gitformat: headers, empty line, message). Pure,
// any thread.

#include "services/git/git_client.hpp"

#include <optional>
#include <string_view>

namespace panel::git {

// nullopt when it is no commit object. Text in other encodings comes out with U+FFFD; control characters are
// dropped.
[[nodiscard]] std::optional<Commit> parse_commit(std::string_view hash, std::string_view object);

} // namespace panel::git
