#include "models/text_rules.hpp"

#include <doctest/doctest.h>

using namespace panel;

TEST_CASE("only well-formed UTF-8 is valid") {
    CHECK(is_valid_utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
    CHECK(is_valid_utf8(""));
    for (const auto* text : {"\x80", "\xc0\xaf", "\xc3", "\xe2\x82", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff"}) {
        CHECK_FALSE(is_valid_utf8(text));
        CHECK(is_valid_utf8(to_valid_utf8(text)));
    }
    CHECK(to_valid_utf8("a\xff" "b") == "a\xef\xbf\xbd" "b");
}

TEST_CASE("text is never cut inside a character") {
    CHECK(cut_utf8("\xe2\x82\xac\xe2\x82\xac", 5) == "\xe2\x82\xac");
    CHECK(cut_utf8("abc", 2) == "ab");
    CHECK(cut_utf8("abc", 3) == "abc");
    CHECK(cut_utf8("\xe2\x82\xac", 2).empty());
}
