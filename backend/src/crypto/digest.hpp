#pragma once
// SHA-256 (FIPS 180-4). Pure, any thread.

#include <string>
#include <string_view>

namespace panel::crypto {

[[nodiscard]] std::string sha256(std::string_view bytes);     // 32 bytes
[[nodiscard]] std::string sha256_hex(std::string_view bytes); // 64 digits

} // namespace panel::crypto
