#pragma once
// What git printed on its way down, as one plain sentence. Pure, any thread.

#include "base/result.hpp"

#include <optional>
#include <string_view>

namespace panel::git {

// The error that the server, the network or the disk is to blame for; nullopt when the text names none of
// them: then the mirror may be broken.
[[nodiscard]] std::optional<Error> explain_failure(std::string_view standard_error);

[[nodiscard]] bool is_missing_branch(std::string_view standard_error); // the remote has no such ref
[[nodiscard]] bool
is_refused_commit(std::string_view standard_error); // the server gives no commit by its hash
[[nodiscard]] bool
is_mirror_failure(std::string_view standard_error); // our copy is damaged, whatever else is said
[[nodiscard]] bool is_redirected(std::string_view standard_error);

} // namespace panel::git
