#pragma once
// Access tokens whose signature was checked before, so that a page full of requests checks it once. Found by
// SHA-256: how long a look-up takes tells nothing about a token that is there. Times and the session are
// still checked at each use. Loop thread only.

#include "base/clock.hpp"
#include "crypto/access_token.hpp"

#include <string>
#include <unordered_map>

namespace panel::auth {

class VerifiedTokens {
  public:
    explicit VerifiedTokens(const crypto::AccessTokens& tokens) : tokens_(tokens) {}

    // As AccessTokens::verify.
    [[nodiscard]] Result<crypto::AccessClaims> verify(const std::string& token, Timestamp now);
    [[nodiscard]] std::size_t size() const { return claims_.size(); }

  private:
    const crypto::AccessTokens& tokens_;
    std::unordered_map<std::string, crypto::AccessClaims> claims_; // by digest
};

} // namespace panel::auth
