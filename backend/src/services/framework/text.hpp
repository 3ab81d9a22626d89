#pragma once
// Small text tools of detection: paths below a repository, words of a command, text that came from a
// stranger. Pure functions, any thread. Paths use '/' and are relative; "" is the root.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel::framework {

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

// Replaces each invalid UTF-8 sequence by U+FFFD and drops a byte order mark: manifests are written by
// strangers.
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes);

// True for text without control characters: safe to show and to hand on as one line.
[[nodiscard]] bool is_printable(std::string_view text);

// True for a relative path that a Dockerfile instruction can carry: no control characters, quotes, wildcards
// or "..".
[[nodiscard]] bool is_plain_path(std::string_view path);

// "a/b" + "../c" -> "a/c"; nothing when the result would leave the root.
[[nodiscard]] std::optional<std::string> join_path(std::string_view base, std::string_view path);
[[nodiscard]] std::string parent_path(std::string_view path);
[[nodiscard]] std::string_view file_name(std::string_view path);

// Matches '*' (inside one path segment) and '**' (any depth), as package managers do for workspaces.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view path);

// Splits a shell command at blanks, honouring quotes; the operators && || ; | & are words of their own.
[[nodiscard]] std::vector<std::string> command_words(std::string_view command);

// One single-quoted shell word.
[[nodiscard]] std::string shell_quote(std::string_view word);

} // namespace panel::framework
