#pragma once
// Bytes as text: lower-case hexadecimal, and base64url without padding (RFC 4648 §5). Decoding is strict:
// each byte string has exactly one accepted text. Pure, any thread.

#include <optional>
#include <string>
#include <string_view>

namespace panel::crypto {

[[nodiscard]] std::string hex_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> hex_decode(std::string_view text); // lower case only
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);
// RFC 4648 §4, with padding: what some webhooks sign with.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

} // namespace panel::crypto
