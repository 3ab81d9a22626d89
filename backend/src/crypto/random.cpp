#include "crypto/random.hpp"

#include "crypto/encoding.hpp"

#include <openssl/rand.h>

#include <stdexcept>

namespace panel::crypto {

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
        throw std::runtime_error("The system gives no random numbers.");
    }
    return bytes;
}

std::string random_hex(std::size_t byte_count) { return hex_encode(random_bytes(byte_count)); }

std::string random_base64url(std::size_t byte_count) { return base64url_encode(random_bytes(byte_count)); }

} // namespace panel::crypto
