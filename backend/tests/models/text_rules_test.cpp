#include "models/text_rules.hpp"

#include <doctest/doctest.h>

using namespace panel;

TEST_CASE("only well-formed UTF-8 is valid") {
    CHECK(is_valid_utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
    CHECK(is_valid_utf8(""));
    for (const auto* text : {"\x80", "\xc0\xaf", "\xc3", "\xe2\x82", "\xe0\x80\x80", "\xed\xa0\x80",
                             "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff"}) {
        CHECK_FALSE(is_valid_utf8(text));
    }
}

TEST_CASE("only ASCII letters change case") {
    CHECK(to_lower("Ab-1.Z\xc3\x84") == "ab-1.z\xc3\x84");
    CHECK(has_control("a\tb"));
    CHECK(has_control("\x7f"));
    CHECK_FALSE(has_control("a b\xc3\x84"));
}
