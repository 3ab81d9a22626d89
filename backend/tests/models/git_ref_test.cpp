#include "models/git_ref.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using panel::GitRef;
using panel::is_commit_hash;

TEST_CASE("branch names that git allows are accepted as they are") {
    for (const auto* text : {"main", "feature/new-page", "release-1.2", "v1.0", "a@b", "user/#12-fix",
                             "gr\xc3\xbc"
                             "n",
                             "x+y", "fix;1", "a$b", "refsx/y", "HEADER", "head"}) {
        CAPTURE(text);
        const auto parsed = GitRef::parse(text);
        REQUIRE(parsed);
        CHECK(parsed->value() == text);
    }
}

TEST_CASE("options, refspecs, revision expressions and names against git's rules are refused as a branch") {
    using namespace std::string_view_literals;
    for (const auto text : {""sv,
                            "-h"sv,
                            "--upload-pack=x"sv,
                            "--output=x"sv,
                            "--exec=x"sv,
                            "-c core.x=y"sv,
                            "+x"sv,
                            "HEAD"sv,
                            "@"sv,
                            "a..b"sv,
                            "a~1"sv,
                            "a^"sv,
                            "a^{}"sv,
                            "@{u}"sv,
                            "main@{1}"sv,
                            "refs/heads/x"sv,
                            "refs/heads/x:refs/heads/y"sv,
                            "a:b"sv,
                            "x.lock"sv,
                            "a.lock/b"sv,
                            ".x"sv,
                            "a/.b"sv,
                            "a/"sv,
                            "/a"sv,
                            "a//b"sv,
                            "a."sv,
                            "a b"sv,
                            "a\tb"sv,
                            "a\nb"sv,
                            "a\0b"sv,
                            "a\x7f"sv,
                            "a?"sv,
                            "a*"sv,
                            "a["sv,
                            "a\\b"sv,
                            "a\xff"sv}) {
        CAPTURE(std::string(text));
        const auto parsed = GitRef::parse(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == panel::Code::invalid);
        CHECK(parsed.error().message.ends_with('.'));
    }
    CHECK(GitRef::parse(std::string(200, 'a')));
    CHECK_FALSE(GitRef::parse(std::string(300, 'a')));
}

TEST_CASE("a commit hash is 40 or 64 hexadecimal digits") {
    CHECK(is_commit_hash("93bb0c1000000000000000000000000000000abc"));
    CHECK(is_commit_hash(std::string(64, 'a')));
    CHECK(is_commit_hash(std::string(40, 'A')));
    CHECK_FALSE(is_commit_hash("93bb0c1"));
    CHECK_FALSE(is_commit_hash(std::string(41, 'a')));
    CHECK_FALSE(is_commit_hash(std::string(40, 'g')));
    CHECK_FALSE(is_commit_hash("--output=x"));
    CHECK_FALSE(is_commit_hash(""));
}
