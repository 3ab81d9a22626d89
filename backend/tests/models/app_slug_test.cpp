#include "models/app_slug.hpp"

#include "models/env_key.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace panel;
using namespace std::string_literals;

TEST_CASE("a project's name is small letters, digits and inner hyphens") {
    for (const auto& name : {"a"s, "9"s, "my-shop"s, "a--b"s, std::string(40, 'a')})
        CHECK(AppSlug::parse(name)->value() == name);
    for (const auto& name : {""s, "-a"s, "a-"s, "-"s, "A"s, "a b"s, "a.b"s, "a_b"s, "a/b"s, ".."s, "a\n"s,
                             "a\0"s, "\xc3\xa4"s, std::string(41, 'a')}) {
        const auto parsed = AppSlug::parse(name);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == Code::invalid);
    }
}

TEST_CASE("a variable's name is letters, digits and underscores, no digit first") {
    for (const auto& name : {"A"s, "_"s, "a1_B"s, "LD_PRELOAD"s, std::string(255, 'A')})
        CHECK(EnvKey::parse(name)->value() == name);
    for (const auto& name :
         {""s, "1A"s, "A B"s, "A=B"s, "A-B"s, "A.B"s, "A\n"s, "A\0"s, "\xc3\x84"s, std::string(256, 'A')})
        CHECK_FALSE(EnvKey::parse(name));
}
