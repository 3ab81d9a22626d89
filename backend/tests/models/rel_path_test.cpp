#include "models/rel_path.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using panel::RelPath;

TEST_CASE("a path inside a repository is normalised") {
    CHECK(RelPath::parse("")->is_root());
    CHECK(RelPath::parse(".")->is_root());
    CHECK(RelPath::parse("./")->is_root());
    CHECK(RelPath::root() == *RelPath::parse(""));
    CHECK(RelPath::parse("apps/web")->value() == "apps/web");
    CHECK(RelPath::parse("./apps//web/")->value() == "apps/web");
    CHECK(RelPath::parse("apps/./web")->value() == "apps/web");
    CHECK(RelPath::parse("src/routes/(app)/[id]")->value() == "src/routes/(app)/[id]");
    CHECK(RelPath::parse("d\xc3\xa9mo/...x/.config")->value() == "d\xc3\xa9mo/...x/.config");
    CHECK(RelPath::parse("my app")->value() == "my app");
}

TEST_CASE("a path that leads out of the repository, into .git or elsewhere is refused") {
    using namespace std::string_view_literals;
    for (const auto text : {"/"sv,
                            "/etc"sv,
                            "//etc"sv,
                            ".."sv,
                            "../"sv,
                            "../x"sv,
                            "a/.."sv,
                            "a/../../b"sv,
                            "a/./../.."sv,
                            "..%2f"sv,
                            "%2e%2e/x"sv,
                            "a\0b"sv,
                            "a\nb"sv,
                            "a\\..\\b"sv,
                            "C:/x"sv,
                            "http://a.example/x"sv,
                            "git@a.example:x"sv,
                            "-"sv,
                            "-x"sv,
                            "./-x"sv,
                            ".git"sv,
                            "a/.GIT/hooks"sv,
                            " a"sv,
                            "a "sv,
                            "\xe2\x80\xa4\xe2\x80\xa4/x"sv,
                            "\xef\xbc\x8e\xef\xbc\x8e/x"sv,
                            "\xe2\x80\xa5/x"sv,
                            "a\xef\xbc\x8f"
                            "b"sv,
                            "a\xff"sv,
                            "a\xc0\xae"sv}) {
        CAPTURE(std::string(text));
        const auto parsed = RelPath::parse(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == panel::Code::invalid);
        CHECK(parsed.error().message.ends_with('.'));
    }
    CHECK_FALSE(RelPath::parse(std::string(5000, 'a')));
    CHECK_FALSE(RelPath::parse(std::string(256, 'a')));
    std::string deep;
    for (int i = 0; i < 65; ++i) deep += "a/";
    CHECK_FALSE(RelPath::parse(deep));
}
