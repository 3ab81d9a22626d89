#include "crypto/access_token.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hmac.hpp"

#include <fmt/format.h>
#include <jwt.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace panel::crypto {
namespace {

constexpr std::size_t shortest_key = 32;
constexpr std::chrono::seconds leeway{60};      // for a clock that was set back
constexpr long latest_second = 253'402'300'799; // 9999-12-31: what follows would overflow as milliseconds
constexpr const char* audience = "vps-panel";
constexpr const char* kind = "access";

struct FreeJwt {
    void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
using Jwt = std::unique_ptr<jwt_t, FreeJwt>;
struct FreeText {
    void operator()(char* text) const { std::free(text); }
};

std::unexpected<Error> refuse() { return fail(Code::unauthorized, "Please sign in again."); }

long to_seconds(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}
Timestamp from_seconds(long seconds) { return Timestamp{std::chrono::seconds{seconds}}; }

void require(int error) {
    if (error != 0) throw std::runtime_error("libjwt cannot build a token.");
}

std::string encode(const AccessClaims& claims, const Secret& key, const std::string& issuer) {
    jwt_t* made = nullptr;
    require(jwt_new(&made));
    const Jwt jwt(made);
    const auto& bytes = key.reveal();
    require(jwt_set_alg(made, JWT_ALG_HS256, reinterpret_cast<const unsigned char*>(bytes.data()),
                        static_cast<int>(bytes.size())));
    require(jwt_add_grant(made, "iss", issuer.c_str()));
    require(jwt_add_grant(made, "aud", audience));
    require(jwt_add_grant(made, "typ", kind));
    require(jwt_add_grant(made, "sub", std::to_string(claims.user_id).c_str()));
    require(jwt_add_grant(made, "sid", claims.session_id.c_str()));
    require(jwt_add_grant(made, "jti", claims.id.c_str()));
    require(jwt_add_grant_int(made, "ver", claims.version));
    require(jwt_add_grant_int(made, "iat", to_seconds(claims.issued_at)));
    require(jwt_add_grant_int(made, "exp", to_seconds(claims.expires_at)));
    const std::unique_ptr<char, FreeText> token(jwt_encode_str(made));
    if (!token) throw std::runtime_error("libjwt cannot sign a token.");
    return token.get();
}

bool is_canonical(std::string_view part) { return !part.empty() && base64url_decode(part).has_value(); }

bool has_text(jwt_t* jwt, const char* name, std::string_view expected) {
    const char* value = jwt_get_grant(jwt, name);
    return value != nullptr && value == expected;
}

bool read_text(jwt_t* jwt, const char* name, std::string& into) {
    const char* value = jwt_get_grant(jwt, name);
    if (value != nullptr) into = value;
    return !into.empty();
}

// libjwt answers 0 and sets errno for what is absent or no integer.
bool read_number(jwt_t* jwt, const char* name, long& into) {
    errno = 0;
    into = jwt_get_grant_int(jwt, name);
    return errno == 0;
}

bool read_id(const std::string& text, std::int64_t& id) {
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, id);
    return parsed.ec == std::errc{} && parsed.ptr == end && id > 0;
}

} // namespace

AccessTokens::AccessTokens(Secret key, std::string issuer)
    : key_(std::move(key)), issuer_(std::move(issuer)) {
    if (key_.reveal().size() < shortest_key)
        throw std::runtime_error("The key that signs access tokens must have at least 32 bytes.");
    const auto sample = encode({}, key_, issuer_);
    header_ = sample.substr(0, sample.find('.'));
}

std::string AccessTokens::sign(const AccessClaims& claims) const { return encode(claims, key_, issuer_); }

bool AccessTokens::is_timely(const AccessClaims& claims, Timestamp now) {
    return claims.expires_at > now && claims.issued_at <= now + leeway;
}

Result<AccessClaims> AccessTokens::verify(const std::string& token, Timestamp now) const {
    if (token.size() > longest_bytes) return refuse();
    const auto first = token.find('.');
    const auto second = first == std::string::npos ? first : token.find('.', first + 1);
    if (second == std::string::npos || token.find('.', second + 1) != std::string::npos) return refuse();
    const std::string_view whole = token;
    if (whole.substr(0, first) != header_) return refuse(); // any other alg, kid, jwk, crit ... ends here
    if (!is_canonical(whole.substr(first + 1, second - first - 1)) || !is_canonical(whole.substr(second + 1)))
        return refuse();

    const auto& bytes = key_.reveal();
    jwt_t* decoded = nullptr;
    const int error =
        jwt_decode(&decoded, token.c_str(), reinterpret_cast<const unsigned char*>(bytes.data()),
                   static_cast<int>(bytes.size()));
    const Jwt jwt(decoded);
    if (error != 0 || decoded == nullptr || jwt_get_alg(decoded) != JWT_ALG_HS256) return refuse();

    AccessClaims claims;
    std::string subject;
    long issued = 0;
    long expires = 0;
    if (!has_text(decoded, "iss", issuer_) || !has_text(decoded, "aud", audience) ||
        !has_text(decoded, "typ", kind))
        return refuse();
    if (!read_text(decoded, "sub", subject) || !read_id(subject, claims.user_id)) return refuse();
    if (!read_text(decoded, "sid", claims.session_id) || !read_text(decoded, "jti", claims.id))
        return refuse();
    if (!read_number(decoded, "ver", claims.version) || !read_number(decoded, "iat", issued) ||
        !read_number(decoded, "exp", expires)) {
        return refuse();
    }
    if (issued < 0 || expires < 0 || issued > latest_second || expires > latest_second) return refuse();
    claims.issued_at = from_seconds(issued);
    claims.expires_at = from_seconds(expires);
    if (!is_timely(claims, now)) return refuse();
    // Written anew it must be the same text: no second claim of a name, no claim more, no number in another
    // form.
    if (!equal_in_constant_time(encode(claims, key_, issuer_), token)) return refuse();
    return claims;
}

} // namespace panel::crypto
