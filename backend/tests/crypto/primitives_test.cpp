#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hmac.hpp"
#include "crypto/password_hash.hpp"
#include "crypto/random.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace panel;
using namespace panel::crypto;

TEST_CASE("SHA-256 and HMAC give the published values") {
    CHECK(sha256_hex("abc") ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // FIPS 180-4
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    // RFC 4231, test cases 1, 2 and 6
    CHECK(hex_encode(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex_encode(hmac_sha256(std::string(131, '\xaa'),
                                 "Test Using Larger Than Block-Size Key - Hash Key First")) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("equality in constant time is equality") {
    CHECK(equal_in_constant_time("", ""));
    CHECK(equal_in_constant_time("abc", "abc"));
    CHECK_FALSE(equal_in_constant_time("abc", "abd"));
    CHECK_FALSE(equal_in_constant_time("abc", "abcd"));
    CHECK_FALSE(equal_in_constant_time("abc", ""));
}

TEST_CASE("bytes survive each encoding, and each has one text only") {
    for (std::size_t length = 0; length < 70; ++length) {
        const auto bytes = random_bytes(length);
        CHECK(hex_decode(hex_encode(bytes)) == bytes);
        CHECK(base64url_decode(base64url_encode(bytes)) == bytes);
        CHECK(base64_decode(base64_encode(bytes)) == bytes);
    }
    CHECK(base64_encode("f") == "Zg==");
    CHECK(base64_encode("foob") == "Zm9vYg==");
    CHECK(base64url_encode("\xff\xfe") == "__4");
    for (const auto* text : {"A", "Zh", "Zg=", "Zg==", "Z g", "Zm9+", "Zm9/", "Zm8\n"})
        CHECK_FALSE(base64url_decode(text));
    for (const auto* text : {"Zg", "Zg=", "Zh==", "Zg===", "====", "Zm9-", "=Zg="})
        CHECK_FALSE(base64_decode(text));
    for (const auto* text : {"a", "AB", "0g", " 0"}) CHECK_FALSE(hex_decode(text));
}

TEST_CASE("random tokens have the length asked for and differ") {
    CHECK(random_hex(16).size() == 32);
    CHECK(random_base64url(32).size() == 43);
    CHECK(random_hex(16) != random_hex(16));
}

TEST_CASE("a password is verified against its own hash only") {
    const PasswordHasher hasher(4);
    const auto hash = hasher.hash("correct horse");
    REQUIRE(hash);
    CHECK(hash->starts_with("$2b$04$"));
    CHECK(hasher.verify("correct horse", *hash));
    CHECK_FALSE(hasher.verify("correct horsE", *hash));
    CHECK_FALSE(hasher.verify("", *hash));
    CHECK_FALSE(hasher.verify("correct horse", ""));
    CHECK_FALSE(hasher.verify("correct horse", "*0"));
    CHECK_FALSE(hasher.verify("correct horse", "$2b$04$short"));
    CHECK(*hasher.hash("correct horse") != *hash);
}

TEST_CASE("the length of a password counts in bytes, 8 to 72, and nothing is cut off silently") {
    const PasswordHasher hasher(4);
    CHECK_FALSE(hasher.hash("1234567"));
    CHECK(hasher.hash("12345678"));
    const std::string longest(72, 'p');
    const auto hash = hasher.hash(longest);
    REQUIRE(hash);
    CHECK_FALSE(hasher.hash(longest + "x"));
    CHECK_FALSE(hasher.verify(longest + "x", *hash)); // equal in its first 72 bytes
    std::string locks;
    for (int i = 0; i < 24; ++i) locks += "\xf0\x9f\x94\x92";
    CHECK_FALSE(hasher.hash(locks));
}

TEST_CASE("a password with NUL is refused, not cut there") {
    using namespace std::string_literals;
    const PasswordHasher hasher(4);
    CHECK_FALSE(hasher.hash("password\0one"s));
    CHECK_FALSE(hasher.verify("password\0one"s, *hasher.hash("password")));
}

TEST_CASE("a hash of a lower cost is outdated") {
    const auto hash = *PasswordHasher(4).hash("correct horse");
    CHECK_FALSE(PasswordHasher(4).is_outdated(hash));
    CHECK(PasswordHasher(5).is_outdated(hash));
    CHECK(PasswordHasher(4).is_outdated("$1$old"));
}
