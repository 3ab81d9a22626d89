#include "services/framework/semver.hpp"

#include <doctest/doctest.h>

#include <string>

namespace panel::framework {

TEST_CASE("ranges hold exactly what node-semver says they hold") {
    struct Row {
        const char* range;
        Version version;
        bool inside;
    };
    const Row rows[] = {
        {"^1.2.3", {1, 9, 0}, true},
        {"^1.2.3", {2, 0, 0}, false},
        {"^1.2.3", {1, 2, 2}, false},
        {"^0.2.3", {0, 2, 9}, true},
        {"^0.2.3", {0, 3, 0}, false},
        {"^0.0.3", {0, 0, 4}, false},
        {"~1.2.3", {1, 2, 9}, true},
        {"~1.2.3", {1, 3, 0}, false},
        {"~1", {1, 9, 9}, true},
        {"1.x", {1, 5, 0}, true},
        {"1.2.x", {1, 3, 0}, false},
        {"*", {99, 0, 0}, true},
        {"", {3, 0, 0}, true},
        {">=18", {24, 1, 0}, true},
        {">=18", {17, 9, 9}, false},
        {">18", {18, 5, 0}, false},
        {">18", {19, 0, 0}, true},
        {"<=18", {18, 99, 0}, true},
        {"<18", {18, 0, 0}, false},
        {"1.2.3 - 2", {2, 9, 9}, true},
        {"1.2.3 - 2.3.4", {2, 3, 5}, false},
        {">=18 <21", {20, 0, 0}, true},
        {">=18 <21", {21, 0, 0}, false},
        {"^20.19 || >=22.12", {22, 11, 0}, false},
        {"^20.19 || >=22.12", {20, 19, 1}, true},
        {">= 20.0.0", {20, 0, 0}, true},
        {"v22.12.0", {22, 12, 0}, true},
        {"=20", {20, 3, 0}, true},
        {"20 || 22", {21, 0, 0}, false},
        {"^18.0.0-rc.1", {18, 0, 0}, true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.range);
        CAPTURE(row.version.major);
        const auto range = VersionRange::parse(row.range);
        REQUIRE(range.has_value());
        CHECK(range->contains(row.version) == row.inside);
    }
}

TEST_CASE("what is not a range is refused, not guessed") {
    for (const char* text : {"latest", "workspace:*", "^", "1.2.3.4", "lts/iron", "1..2",
                             "99999999999999999999", "^1 || nope", "-1"})
        CHECK_FALSE(VersionRange::parse(text).has_value());
    CHECK_FALSE(VersionRange::parse(std::string(10'000, '1')).has_value());
}

TEST_CASE("a major meets a range when one of its releases does") {
    const auto range = VersionRange::parse("^20.19 || >=22.12");
    REQUIRE(range.has_value());
    CHECK(range->contains_newest_of(20));
    CHECK_FALSE(range->meets_major(21));
    CHECK(range->contains_newest_of(22));
    const auto exact = VersionRange::parse("22.12.0");
    CHECK(exact->meets_major(22));
    CHECK_FALSE(exact->contains_newest_of(22));
}

} // namespace panel::framework
