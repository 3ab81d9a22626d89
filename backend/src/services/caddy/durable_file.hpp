#pragma once
// Small files that are replaced as a whole: a reader sees the old or the new content, never a part. Blocking,
// any thread. Errors: internal.

#include "base/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace panel::caddy {

// Writes a hidden temporary file beside `path`, mode 0644, and renames it.
Result<void> replace_file(const std::filesystem::path& path, std::string_view content);
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& path); // nullopt when absent
Result<void> remove_file(const std::filesystem::path& path);                           // absent is success
// Makes renames and removals in a directory survive a power loss.
Result<void> sync_directory(const std::filesystem::path& directory);

} // namespace panel::caddy
