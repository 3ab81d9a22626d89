#include "crypto/digest.hpp"

#include "crypto/encoding.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <stdexcept>

namespace panel::crypto {

namespace {

std::string digest_hex(const EVP_MD* method, std::string_view bytes) {
    std::array<char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, method,
                   nullptr) != 1) {
        throw std::runtime_error("OpenSSL refuses a digest.");
    }
    return hex_encode({digest.data(), size});
}

} // namespace

std::string sha256(std::string_view bytes) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

std::string sha256_hex(std::string_view bytes) { return hex_encode(sha256(bytes)); }

std::string sha1_hex(std::string_view bytes) { return digest_hex(EVP_sha1(), bytes); }

std::string md5_hex(std::string_view bytes) { return digest_hex(EVP_md5(), bytes); }

} // namespace panel::crypto
