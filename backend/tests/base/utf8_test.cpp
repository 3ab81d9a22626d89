#include "base/utf8.hpp"

#include <doctest/doctest.h>

TEST_CASE("valid text stays as it is") {
    CHECK(panel::to_valid_utf8("plain, \xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x94\x92\t\r\n") ==
          "plain, \xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x94\x92\t\r\n");
}

TEST_CASE("bytes that are not UTF-8 become replacement characters, one each") {
    const std::string bad = "\xEF\xBF\xBD";
    CHECK(panel::to_valid_utf8(std::string_view("a\0b", 3)) == "a" + bad + "b");
    CHECK(panel::to_valid_utf8("\xFFx") == bad + "x");
    CHECK(panel::to_valid_utf8("\xC0\x80") == bad + bad);           // overlong
    CHECK(panel::to_valid_utf8("\xED\xA0\x80") == bad + bad + bad); // surrogate
    CHECK(panel::to_valid_utf8("\xF4\x90\x80\x80") == bad + bad + bad + bad);
    CHECK(panel::to_valid_utf8("\xE2\x82") == bad + bad); // cut short
}

TEST_CASE("only well-formed UTF-8 is valid") {
    CHECK(panel::is_valid_utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
    CHECK(panel::is_valid_utf8(""));
    for (const auto* text : {"\x80", "\xc0\xaf", "\xc3", "\xe2\x82", "\xe0\x80\x80", "\xed\xa0\x80",
                             "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff"}) {
        CHECK_FALSE(panel::is_valid_utf8(text));
    }
    CHECK_FALSE(panel::is_valid_utf8(std::string_view("a\0b", 3)));
}

TEST_CASE("a prefix never ends inside a character") {
    CHECK(panel::utf8_prefix("ab\xE2\x82\xAC", 4) == "ab");
    CHECK(panel::utf8_prefix("ab\xE2\x82\xAC", 5) == "ab\xE2\x82\xAC");
    CHECK(panel::utf8_prefix("\xE2\x82\xAC", 1).empty());
}
