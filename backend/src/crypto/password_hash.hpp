#pragma once
// Password hashes by bcrypt ("$2b$", libxcrypt). A hash costs about 0.2 s of CPU on purpose: call it on a
// pool thread. Immutable, any thread.

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace panel::crypto {

class PasswordHasher {
  public:
    static constexpr int default_cost = 12;
    static constexpr std::size_t shortest_bytes = 8;
    static constexpr std::size_t longest_bytes = 72; // bcrypt would cut what comes after, silently

    explicit PasswordHasher(int cost = default_cost); // 4 to 31; small ones are for tests

    // Whether a password may be set at all: its length in bytes, no NUL. Errors: invalid.
    static Result<void> check(std::string_view password);
    // Errors: invalid, as check().
    [[nodiscard]] Result<std::string> hash(std::string_view password) const;
    // Always costs one hash, also for a password that could never have been set.
    [[nodiscard]] bool verify(std::string_view password, const std::string& hash) const;
    // Costs as much as verify(): for an account that does not exist.
    void waste_time(std::string_view password) const;
    // The hash was made with a lower cost; hash again at the next sign-in.
    [[nodiscard]] bool is_outdated(std::string_view hash) const;

  private:
    int cost_;
    std::string dummy_;
};

} // namespace panel::crypto
