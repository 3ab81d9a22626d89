#pragma once
// BlobReader over one `git cat-file --batch` of its own, with blocking reads bounded by poll: for detection,
// which runs on a pool thread. Made on any thread, used by one at a time. Kills its git when it goes.

#include "services/git/git_client.hpp"
#include "services/git/git_command.hpp"

#include <chrono>
#include <memory>

namespace panel::git {

// unavailable: git cannot be started.
[[nodiscard]] Result<std::unique_ptr<BlobReader>> make_blob_reader(const GitCommand& command,
                                                                   std::chrono::milliseconds read_deadline);

} // namespace panel::git
