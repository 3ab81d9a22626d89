#include "crypto/access_token.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hmac.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <stdexcept>

using namespace panel;
using namespace panel::crypto;

namespace {

const std::string key(32, 'k');
constexpr const char* plain_header = R"({"alg":"HS256","typ":"JWT"})";

struct Setting {
    ManualClock clock;
    AccessTokens tokens{Secret(key), "http://localhost:8088"};
    AccessClaims claims{7,    "0123abcd",  1'750'000'000'000,
                        "a1", clock.now(), clock.now() + std::chrono::hours{24}};

    [[nodiscard]] std::string good() const { return tokens.sign(claims); }
    [[nodiscard]] bool accepts(const std::string& token) const {
        return tokens.verify(token, clock.now()).has_value();
    }
};

// Signs any header and payload with any key, as an attacker who knows it would.
std::string forge(std::string_view header, std::string_view payload, std::string_view with = key) {
    const auto head = base64url_encode(header) + "." + base64url_encode(payload);
    return head + "." + base64url_encode(hmac_sha256(with, head));
}

std::string payload_of(const std::string& token) {
    const auto first = token.find('.');
    return *base64url_decode(std::string_view(token).substr(first + 1, token.rfind('.') - first - 1));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("a token gives back the claims that it was signed with") {
    const Setting setting;
    const auto verified = setting.tokens.verify(setting.good(), setting.clock.now());
    REQUIRE(verified);
    CHECK(verified->user_id == 7);
    CHECK(verified->session_id == "0123abcd");
    CHECK(verified->version == 1'750'000'000'000);
    CHECK(verified->id == "a1");
    CHECK(verified->issued_at == setting.clock.now());
    CHECK(verified->expires_at == setting.claims.expires_at);
    CHECK(forge(plain_header, payload_of(setting.good())) == setting.good()); // the forger of this file works
}

TEST_CASE("a key below 32 bytes is refused") {
    CHECK_THROWS_AS(AccessTokens(Secret(std::string(31, 'k')), "i"), std::runtime_error);
    CHECK_THROWS_AS(AccessTokens(Secret(), "i"), std::runtime_error);
}

TEST_CASE("no other algorithm than HS256 is accepted, whatever the header says") {
    const Setting setting;
    const auto payload = payload_of(setting.good());
    const auto unsigned_token = [&](std::string_view header) {
        return base64url_encode(header) + "." + base64url_encode(payload) + ".";
    };
    for (const auto* algorithm :
         {"none", "None", "nOnE", "NONE", "", "hs256", "HS384", "HS512", "RS256", "ES256", "PS256"}) {
        CAPTURE(algorithm);
        const auto header = fmt::format(R"({{"alg":"{}","typ":"JWT"}})", algorithm);
        CHECK_FALSE(setting.accepts(unsigned_token(header)));
        CHECK_FALSE(setting.accepts(forge(header, payload)));
        CHECK_FALSE(setting.accepts(forge(header, payload, "")));
    }
    const auto good = setting.good();
    CHECK_FALSE(setting.accepts(good.substr(0, good.rfind('.') + 1))); // its signature cut off
    CHECK_FALSE(setting.accepts(good.substr(0, good.rfind('.'))));
    CHECK_FALSE(setting.accepts(forge(plain_header, payload, "")));
    CHECK_FALSE(setting.accepts(forge(plain_header, payload, "-----BEGIN PUBLIC KEY-----")));
}

TEST_CASE("a header with a key, a key address, a critical extension or a key id is refused") {
    const Setting setting;
    const auto payload = payload_of(setting.good());
    for (const auto* header :
         {R"({"alg":"HS256","jwk":{"kty":"oct","k":"a2tr"},"typ":"JWT"})",
          R"({"alg":"HS256","jku":"https://keys.example/","typ":"JWT"})",
          R"({"alg":"HS256","typ":"JWT","x5u":"https://keys.example/"})",
          R"({"alg":"HS256","typ":"JWT","x5c":["a"]})", R"({"alg":"HS256","crit":["exp"],"typ":"JWT"})",
          R"({"alg":"HS256","kid":"1","typ":"JWT"})", R"({"alg":"HS256","kid":"../../dev/null","typ":"JWT"})",
          R"({"alg":"HS256","kid":"' OR 1=1 --","typ":"JWT"})", R"({"alg":"HS256","typ":"at+jwt"})",
          R"({"alg":"HS256"})", R"({"alg":"HS256","alg":"none","typ":"JWT"})",
          R"({ "alg":"HS256","typ":"JWT"})", R"({"typ":"JWT","alg":"HS256"})", "{}", "[]", "null", ""}) {
        CAPTURE(header);
        CHECK_FALSE(setting.accepts(forge(header, payload)));
    }
}

TEST_CASE("a wrong or missing claim is refused, also when it is signed with the right key") {
    const Setting setting;
    const auto payload = payload_of(setting.good());
    const auto expires = fmt::format("\"exp\":{}", to_milliseconds(setting.claims.expires_at) / 1000);
    const auto issued = fmt::format("\"iat\":{}", to_milliseconds(setting.claims.issued_at) / 1000);
    const auto refused = [&](std::string_view from, std::string_view to) {
        CAPTURE(std::string(to));
        CHECK_FALSE(setting.accepts(forge(plain_header, replaced(payload, from, to))));
    };
    REQUIRE(payload.contains(expires));
    refused("\"iss\":\"http://localhost:8088\"", "\"iss\":\"http://other.example\"");
    refused("\"iss\":\"http://localhost:8088\",", "");
    refused("\"aud\":\"vps-panel\"", "\"aud\":\"other\"");
    refused("\"aud\":\"vps-panel\"", "\"aud\":[\"vps-panel\"]");
    refused("\"aud\":\"vps-panel\",", "");
    refused("\"typ\":\"access\"", "\"typ\":\"refresh\"");
    refused("\"typ\":\"access\"", "\"typ\":\"reset\"");
    refused("\"sub\":\"7\"", "\"sub\":7");
    refused("\"sub\":\"7\"", "\"sub\":\"07\"");
    refused("\"sub\":\"7\"", "\"sub\":\"0\"");
    refused("\"sub\":\"7\"", "\"sub\":\"-7\"");
    refused("\"sub\":\"7\"", "\"sub\":\"7x\"");
    refused("\"sid\":\"0123abcd\"", "\"sid\":\"\"");
    refused("\"sid\":\"0123abcd\",", "");
    refused("\"ver\":1750000000000", "\"ver\":\"1750000000000\"");
    refused(expires + ",", "");
    refused(expires, "\"exp\":\"1750086400\"");
    refused(expires, "\"exp\":1e308");
    refused(expires, "\"exp\":1750086400.0");
    refused(expires, "\"exp\":-1");
    refused(expires, "\"exp\":9223372036854775807");
    refused(expires, "\"exp\":true");
    refused(expires, "\"exp\":null");
    refused(issued, "\"iat\":1850000000");
    refused(issued, "\"iat\":-5");
    refused(issued, issued + ",\"nbf\":1750003600");
    refused(issued, issued + ",\"admin\":true");
    refused("\"sub\":\"7\"", "\"sub\":\"7\",\"sub\":\"1\"");
    refused("\"sub\":\"7\"", "\"sub\":\"1\",\"sub\":\"7\"");
    refused("{", " {");
    refused("}", "} ");
    refused("}", "}x");
}

TEST_CASE("a token ends with its time and is not valid from the future") {
    Setting setting;
    const auto token = setting.good();
    CHECK(setting.tokens.verify(token, setting.claims.expires_at - std::chrono::milliseconds{1}));
    CHECK_FALSE(setting.tokens.verify(token, setting.claims.expires_at));
    CHECK(setting.tokens.verify(token, setting.clock.now() - std::chrono::seconds{60}));
    CHECK_FALSE(setting.tokens.verify(token, setting.clock.now() - std::chrono::seconds{61}));
}

TEST_CASE("any other form of the same token is refused") {
    const Setting setting;
    const auto good = setting.good();
    const auto dot = good.find('.');
    const auto padded = [&](std::size_t at) { return std::string(good).insert(at, "="); };
    CHECK_FALSE(setting.accepts(""));
    CHECK_FALSE(setting.accepts("."));
    CHECK_FALSE(setting.accepts(".."));
    CHECK_FALSE(setting.accepts("..."));
    CHECK_FALSE(setting.accepts(good + "."));
    CHECK_FALSE(setting.accepts(good + ".x"));
    CHECK_FALSE(setting.accepts("." + good));
    CHECK_FALSE(setting.accepts(std::string(good).erase(dot, 1)));
    CHECK_FALSE(setting.accepts(padded(dot)));
    CHECK_FALSE(setting.accepts(padded(good.rfind('.'))));
    CHECK_FALSE(setting.accepts(good + "="));
    CHECK_FALSE(setting.accepts(good + " "));
    CHECK_FALSE(setting.accepts(" " + good));
    CHECK_FALSE(setting.accepts(good + "\n"));
    CHECK_FALSE(setting.accepts(good + std::string(1, '\0')));
    CHECK_FALSE(setting.accepts(std::string(1 << 20, 'a')));
    CHECK_FALSE(
        setting.accepts(good.substr(0, dot + 1) + std::string(1 << 20, 'a') + good.substr(good.rfind('.'))));
    // 32 bytes end in a character whose last two bits say nothing: only one of the four is the token.
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (std::size_t change = 1; change < 4; ++change) {
        auto other = good;
        other.back() = alphabet[alphabet.find(good.back()) ^ change];
        CHECK_FALSE(setting.accepts(other));
    }
}

TEST_CASE("one changed bit anywhere in the signature is refused") {
    const Setting setting;
    const auto good = setting.good();
    const auto head = good.substr(0, good.rfind('.'));
    const auto signature = *base64url_decode(good.substr(head.size() + 1));
    REQUIRE(signature.size() == 32);
    for (std::size_t bit = 0; bit < 256; ++bit) {
        auto changed = signature;
        changed[bit / 8] =
            static_cast<char>(static_cast<unsigned char>(changed[bit / 8]) ^ (1U << (bit % 8)));
        CHECK_FALSE(setting.accepts(head + "." + base64url_encode(changed)));
    }
    CHECK(setting.accepts(head + "." + base64url_encode(signature)));
}

TEST_CASE("a token of another server is refused") {
    const Setting setting;
    const AccessTokens same_key(Secret(key), "http://other.example");
    const AccessTokens other_key(Secret(std::string(32, 'x')), "http://localhost:8088");
    CHECK_FALSE(setting.accepts(same_key.sign(setting.claims)));
    CHECK_FALSE(setting.accepts(other_key.sign(setting.claims)));
}
