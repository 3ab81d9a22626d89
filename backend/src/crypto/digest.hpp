#pragma once
// Digests. SHA-256 (FIPS 180-4) is the one to use; SHA-1 and MD5 only where another program's format names
// things by them (Redis its scripts, Asynq its locks): nothing is protected by those. Pure, any thread.

#include <string>
#include <string_view>

namespace panel::crypto {

[[nodiscard]] std::string sha256(std::string_view bytes);     // 32 bytes
[[nodiscard]] std::string sha256_hex(std::string_view bytes); // 64 digits
[[nodiscard]] std::string sha1_hex(std::string_view bytes);   // 40 digits
[[nodiscard]] std::string md5_hex(std::string_view bytes);    // 32 digits

} // namespace panel::crypto
