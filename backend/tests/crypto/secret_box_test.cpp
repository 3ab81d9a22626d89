#include "crypto/secret_box.hpp"

#include "crypto/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <vector>

using namespace panel;
using namespace panel::crypto;

namespace {
const SecretPlace place{"environments", 7, "value", 3};

std::vector<Secret> one_key(char c) { return {Secret(std::string(32, c))}; }
} // namespace

TEST_CASE("a secret comes back at its own place, byte for byte") {
    const SecretBox box(one_key('k'));
    using namespace std::string_literals;
    for (const auto& text : {""s, "x"s, "postgres://u:p@db/x"s, "a\0b\r\n\"$#\\"s,
                             std::string(64 * 1024, 'z'), "\xf0\x9f\x94\x92"s}) {
        const auto sealed = box.seal(text, place);
        const auto opened = box.open(sealed, place);
        REQUIRE(opened);
        CHECK(opened->reveal() == text);
        CHECK_FALSE(box.is_outdated(sealed));
        if (text.size() > 2) CHECK_FALSE(sealed.contains(text));
    }
}

TEST_CASE("a ciphertext has five parts: version, key, nonce, text, tag") {
    const auto sealed = SecretBox(one_key('k')).seal("secret", place);
    CHECK(sealed.starts_with("v1."));
    CHECK(std::ranges::count(sealed, '.') == 4);
    CHECK(sealed.size() == 2 + 1 + 8 + 1 + 16 + 1 + 8 + 1 + 22);
}

TEST_CASE("a ciphertext moved to any other place cannot be read") {
    const SecretBox box(one_key('k'));
    const auto sealed = box.seal("secret", place);
    for (const auto& other :
         {SecretPlace{"environments", 8, "value", 3}, SecretPlace{"environments", 7, "value", 4},
          SecretPlace{"environments", 7, "key", 3}, SecretPlace{"releases", 7, "value", 3},
          SecretPlace{"environments", 73, "value", 0}}) {
        const auto opened = box.open(sealed, other);
        REQUIRE_FALSE(opened);
        CHECK(opened.error().code == Code::internal);
        CHECK_FALSE(opened.error().message.contains("secret\""));
    }
}

TEST_CASE("one changed character anywhere in a ciphertext cannot be read") {
    const SecretBox box(one_key('k'));
    const auto sealed = box.seal("a secret of some length", place);
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        for (const char c : {'A', 'B', '0', '.', '=', '\0'}) {
            if (sealed[at] == c) continue;
            auto changed = sealed;
            changed[at] = c;
            CAPTURE(at);
            CHECK_FALSE(box.open(changed, place));
        }
    }
}

TEST_CASE("a cut, lengthened or swapped ciphertext cannot be read") {
    const SecretBox box(one_key('k'));
    const auto sealed = box.seal("a secret", place);
    for (std::size_t length = 0; length < sealed.size(); ++length)
        CHECK_FALSE(box.open(sealed.substr(0, length), place));
    CHECK_FALSE(box.open(sealed + "A", place));
    CHECK_FALSE(box.open(sealed + ".", place));
    CHECK_FALSE(box.open("v0" + sealed.substr(2), place));
    CHECK_FALSE(box.open("v2" + sealed.substr(2), place));
    const auto other = box.seal("another1", place);
    CHECK_FALSE(
        box.open(sealed.substr(0, sealed.rfind('.')) + other.substr(other.rfind('.')), place)); // its tag
    CHECK_FALSE(box.open("secret in clear text", place));
}

TEST_CASE("another key cannot read it, and a changed key id does not help") {
    const SecretBox box(one_key('k'));
    const SecretBox other(one_key('x'));
    const auto sealed = box.seal("a secret", place);
    CHECK_FALSE(other.open(sealed, place));
    const auto id_of_other = other.seal("", place).substr(3, 8);
    CHECK_FALSE(other.open("v1." + id_of_other + sealed.substr(11), place));
}

TEST_CASE("after a new key was added old secrets are read and new ones use it") {
    const SecretBox old(one_key('k'));
    const SecretBox both({Secret(std::string(32, 'k')), Secret(std::string(32, 'n'))});
    const auto sealed = old.seal("a secret", place);
    CHECK(both.open(sealed, place)->reveal() == "a secret");
    CHECK(both.is_outdated(sealed));
    const auto renewed = both.seal("a secret", place);
    CHECK_FALSE(both.is_outdated(renewed));
    CHECK_FALSE(old.open(renewed, place));
}

TEST_CASE("no two nonces are the same") {
    const SecretBox box(one_key('k'));
    std::set<std::string> nonces;
    for (int i = 0; i < 10'000; ++i) nonces.insert(box.seal("", place).substr(12, 16));
    CHECK(nonces.size() == 10'000);
}

TEST_CASE("a secret does not print") {
    std::ostringstream out;
    out << Secret("hidden");
    CHECK(out.str() == "[redacted]");
}

TEST_CASE("keys of another length than 32 bytes are refused") {
    CHECK_THROWS(SecretBox({}));
    CHECK_THROWS(SecretBox({Secret(std::string(31, 'k'))}));
}
