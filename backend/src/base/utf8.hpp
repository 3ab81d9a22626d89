#pragma once
// Makes any bytes valid UTF-8 text. Pure; any thread.

#include <string>
#include <string_view>

namespace panel {

// Whether to_valid_utf8 would change nothing.
[[nodiscard]] bool is_valid_utf8(std::string_view bytes);

// Each byte that is not part of a valid sequence (RFC 3629), and NUL, becomes U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes);

// The same with a '?' for each such byte, so that offsets stay what they were.
[[nodiscard]] std::string to_valid_utf8_of_same_length(std::string_view bytes);

// The longest prefix of at most `limit` bytes that ends between characters. `text` must be valid UTF-8.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t limit);

} // namespace panel
