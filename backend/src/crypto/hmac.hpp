#pragma once
// HMAC-SHA-256 (RFC 2104) and comparison in constant time. Pure, any thread.

#include <string>
#include <string_view>

namespace panel::crypto {

[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view message); // 32 bytes
// Takes as long for the first differing byte as for the last. Different lengths are unequal at once: lengths
// here are no secret.
[[nodiscard]] bool equal_in_constant_time(std::string_view left, std::string_view right);

} // namespace panel::crypto
