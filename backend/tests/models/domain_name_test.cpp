#include "models/domain_name.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using panel::DomainName;

TEST_CASE("a domain name comes out in lower case without its trailing dot") {
    CHECK(DomainName::parse("App.Example.COM.")->value() == "app.example.com");
    CHECK(DomainName::parse("XN--BCHER-KVA.example")->value() == "xn--bcher-kva.example");
    CHECK(DomainName::parse("web.localhost")->is_localhost());
    CHECK_FALSE(DomainName::parse("app.example.com")->is_localhost());
    CHECK(DomainName::parse("1a.2b.example"));
    CHECK(DomainName::parse(std::string(63, 'a') + ".example"));
}

TEST_CASE("a domain that could mean something else to Caddy, or no name at all, is refused") {
    using namespace std::string_view_literals;
    for (const auto text : {""sv,
                            "."sv,
                            ".."sv,
                            "localhost"sv,
                            "localhost."sv,
                            "example"sv,
                            "*.example.com"sv,
                            "*"sv,
                            "a b.example"sv,
                            "a.example\n"sv,
                            "a.example\nrespond"sv,
                            "a.example {"sv,
                            "a{b.example"sv,
                            "a}b.example"sv,
                            "a\"b.example"sv,
                            "#.example"sv,
                            "a#.example"sv,
                            "//a.example"sv,
                            "http://a.example"sv,
                            "a.example/x"sv,
                            "a.example:8080"sv,
                            "u@a.example"sv,
                            "a,b.example"sv,
                            "a..example"sv,
                            ".a.example"sv,
                            "a.example.."sv,
                            "-a.example"sv,
                            "a-.example"sv,
                            "a_b.example"sv,
                            "127.0.0.1"sv,
                            "1.2.3.4"sv,
                            "a.0x7f"sv,
                            "::1"sv,
                            "[::1]"sv,
                            "2130706433"sv,
                            "\xd0\xb0pple.com"sv,
                            "b\xc3\xbc"
                            "cher.example"sv,
                            "metadata.google.internal"sv,
                            "*.internal"sv,
                            "a.example\0"sv,
                            "{env.HOME}.example"sv,
                            "{$HOME}.example"sv,
                            "{file./etc/passwd}"sv,
                            "{http.request.header.Cookie}.example"sv,
                            "xn--.example"sv}) {
        CAPTURE(std::string(text));
        const auto parsed = DomainName::parse(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == panel::Code::invalid);
        CHECK(parsed.error().message.ends_with('.'));
    }
    CHECK_FALSE(DomainName::parse(std::string(64, 'a') + ".example"));
    std::string longest;
    for (int i = 0; i < 4; ++i) longest += std::string(61, 'a') + ".";
    CHECK(DomainName::parse(longest + "abcde")->value().size() == 253);
    CHECK_FALSE(DomainName::parse(longest + "abcdef"));
}
