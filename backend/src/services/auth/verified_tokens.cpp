#include "services/auth/verified_tokens.hpp"

#include "crypto/digest.hpp"

namespace panel::auth {
namespace {
constexpr std::size_t most_entries = 2'000; // about 600 KB
} // namespace

Result<crypto::AccessClaims> VerifiedTokens::verify(const std::string& token, Timestamp now) {
    if (token.size() > crypto::AccessTokens::longest_bytes) return tokens_.verify(token, now);
    auto digest = crypto::sha256(token);
    if (const auto found = claims_.find(digest);
        found != claims_.end() && crypto::AccessTokens::is_timely(found->second, now)) {
        return found->second;
    }
    auto claims = tokens_.verify(token, now);
    if (!claims) return claims;
    if (claims_.size() >= most_entries) {
        std::erase_if(claims_, [now](const auto& entry) { return entry.second.expires_at <= now; });
        if (claims_.size() >= most_entries) claims_.clear(); // only one check more for each
    }
    claims_.insert_or_assign(std::move(digest), *claims);
    return claims;
}

} // namespace panel::auth
