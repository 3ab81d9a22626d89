#pragma once
// Random bytes for keys, tokens and ids, from OpenSSL's generator. Throws std::runtime_error when the system
// has none. Any thread.

#include <cstddef>
#include <string>

namespace panel::crypto {

[[nodiscard]] std::string random_bytes(std::size_t count);
[[nodiscard]] std::string random_hex(std::size_t byte_count);
[[nodiscard]] std::string random_base64url(std::size_t byte_count);

} // namespace panel::crypto
