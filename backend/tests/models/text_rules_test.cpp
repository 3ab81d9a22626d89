#include "models/text_rules.hpp"

#include <doctest/doctest.h>

using namespace panel;

TEST_CASE("only ASCII letters change case") {
    CHECK(to_lower("Ab-1.Z\xc3\x84") == "ab-1.z\xc3\x84");
    CHECK(has_control("a\tb"));
    CHECK(has_control("\x7f"));
    CHECK_FALSE(has_control("a b\xc3\x84"));
}
