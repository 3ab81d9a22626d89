#pragma once
// Access tokens: JWT (RFC 7519) signed with HMAC-SHA-256 by libjwt. One algorithm and one key; a token is
// accepted only in exactly the form in which this class writes it, so no header and no encoding leaves libjwt
// a choice (RFC 8725). Immutable, any thread. Owned by App.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace panel::crypto {

struct AccessClaims {
    std::int64_t user_id = 0; // sub
    std::string session_id;   // sid
    std::int64_t version = 0; // ver: changes with the user's rights
    std::string id;           // jti
    Timestamp issued_at;      // iat, whole seconds
    Timestamp expires_at;     // exp, whole seconds
};

class AccessTokens {
  public:
    static constexpr std::size_t longest_bytes = 4096; // of a token

    // A key of at least 32 bytes, else std::runtime_error.
    AccessTokens(Secret key, std::string issuer);

    [[nodiscard]] std::string sign(const AccessClaims& claims) const;
    // Errors: unauthorized, one message whatever is wrong.
    [[nodiscard]] Result<AccessClaims> verify(const std::string& token, Timestamp now) const;
    // Not ended yet, and not from the future.
    [[nodiscard]] static bool is_timely(const AccessClaims& claims, Timestamp now);

  private:
    Secret key_;
    std::string issuer_;
    std::string header_; // the encoded header that libjwt writes
};

} // namespace panel::crypto
