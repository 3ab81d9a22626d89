#include "crypto/password_hash.hpp"

#include "crypto/hmac.hpp"
#include "crypto/random.hpp"

#include <crypt.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace panel::crypto {
namespace {

constexpr const char* prefix = "$2b$";

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};

std::string new_salt(int cost) {
    const std::unique_ptr<char, Free> salt(
        crypt_gensalt_ra(prefix, static_cast<unsigned long>(cost), nullptr, 0));
    if (!salt) throw std::runtime_error("The system's crypt library does not know bcrypt.");
    return salt.get();
}

// crypt() reads up to the first NUL: callers have refused those.
std::string crypt_with(const std::string& password, const std::string& setting) {
    void* memory = nullptr;
    int size = 0;
    const char* result = crypt_ra(password.c_str(), setting.c_str(), &memory, &size);
    const std::string hash = result != nullptr ? result : "*0";
    if (memory != nullptr) {
        explicit_bzero(memory, static_cast<std::size_t>(size));
        std::free(memory);
    }
    return hash;
}

} // namespace

PasswordHasher::PasswordHasher(int cost) : cost_(cost), dummy_(crypt_with(random_hex(16), new_salt(cost))) {}

Result<void> PasswordHasher::check(std::string_view password) {
    if (password.size() < shortest_bytes)
        return fail(Code::invalid, "A password needs at least 8 characters.");
    if (password.size() > longest_bytes) return fail(Code::invalid, "A password may have at most 72 bytes.");
    if (password.contains('\0')) return fail(Code::invalid, "A password cannot hold a NUL character.");
    return {};
}

Result<std::string> PasswordHasher::hash(std::string_view password) const {
    if (const auto checked = check(password); !checked) return std::unexpected(checked.error());
    auto hash = crypt_with(std::string(password), new_salt(cost_));
    if (!hash.starts_with(prefix)) throw std::runtime_error("bcrypt failed.");
    return hash;
}

bool PasswordHasher::verify(std::string_view password, const std::string& hash) const {
    if (!hash.starts_with(prefix) || password.size() > longest_bytes || password.contains('\0')) {
        waste_time(password);
        return false;
    }
    return equal_in_constant_time(crypt_with(std::string(password), hash), hash);
}

void PasswordHasher::waste_time(std::string_view password) const {
    const auto wasted = crypt_with(std::string(password.substr(0, longest_bytes)), dummy_);
    if (wasted.empty()) std::abort(); // keeps the call
}

bool PasswordHasher::is_outdated(std::string_view hash) const {
    int cost = 0;
    if (!hash.starts_with(prefix) || hash.size() < 7) return true;
    std::from_chars(hash.data() + 4, hash.data() + 6, cost);
    return cost < cost_;
}

} // namespace panel::crypto
