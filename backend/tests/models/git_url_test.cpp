#include "models/git_url.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using panel::Code;
using panel::GitUrl;

TEST_CASE("a git address is taken apart into scheme, host, port and path") {
    const auto https = GitUrl::parse("https://Git.Example.com/acme/Atlas-Web.git");
    REQUIRE(https);
    CHECK(https->value() == "https://git.example.com/acme/Atlas-Web.git");
    CHECK(https->scheme() == "https");
    CHECK(https->host() == "git.example.com");
    CHECK(https->port() == 443);
    CHECK(https->path() == "acme/Atlas-Web.git");
    CHECK_FALSE(https->is_ssh());
    CHECK(https->repository_name() == "Atlas-Web");

    const auto ssh = GitUrl::parse("ssh://git@git.example.com:2222/acme/app");
    REQUIRE(ssh);
    CHECK(ssh->value() == "ssh://git@git.example.com:2222/acme/app");
    CHECK(ssh->port() == 2222);
    CHECK(ssh->is_ssh());
    CHECK(ssh->repository_name() == "app");

    const auto scp = GitUrl::parse("git@git.example.com:acme/app.git");
    REQUIRE(scp);
    CHECK(scp->value() == "git@git.example.com:acme/app.git");
    CHECK(scp->scheme() == "ssh");
    CHECK(scp->port() == 22);
    CHECK(scp->path() == "acme/app.git");
    CHECK(scp->repository_name() == "app");
}

TEST_CASE("git addresses that differ only in case of the host, default port or trailing slash are one") {
    const auto plain = GitUrl::parse("https://git.example.com/a/b");
    REQUIRE(plain);
    for (const auto* other : {"HTTPS://git.example.com/a/b", "https://GIT.example.com/a/b",
                              "https://git.example.com:443/a/b", "https://git.example.com/a/b/"}) {
        CAPTURE(other);
        const auto parsed = GitUrl::parse(other);
        REQUIRE(parsed);
        CHECK(*parsed == *plain);
    }
}

TEST_CASE("unusual but honest git addresses are accepted") {
    for (const auto* text :
         {"http://127.0.0.1:3000/a.git", "https://[2001:db8::1]/a.git", "https://[2001:db8::1]:8443/a.git",
          "https://git.example.com/~user/app", "https://dev.example.com/org/My%20Project/_git/app",
          "https://git.example.com/group/sub/sub/c++", "_git@host-1.example.com:/srv/app.git"}) {
        CAPTURE(text);
        const auto parsed = GitUrl::parse(text);
        REQUIRE(parsed);
        CHECK(GitUrl::parse(parsed->value())->value() == parsed->value()); // parsing is idempotent
    }
}

TEST_CASE("an address that is an option, a command, a local path or another transport is refused") {
    using namespace std::string_view_literals;
    for (const auto text : {""sv,
                            "-u"sv,
                            "--upload-pack=touch x"sv,
                            "-oProxyCommand=x"sv,
                            "ext::sh -c touch% x"sv,
                            "ext::x"sv,
                            "fd::17"sv,
                            "fd::17/x"sv,
                            "file:///etc"sv,
                            "FILE:///etc"sv,
                            "/etc"sv,
                            "../x"sv,
                            "./x"sv,
                            "x"sv,
                            "C:\\x"sv,
                            "git://git.example.com/x"sv,
                            "ftp://git.example.com/x"sv,
                            "ftps://git.example.com/x"sv,
                            "rsync://a/x"sv,
                            "git+ssh://git@a.example/x"sv,
                            "ssh://-oProxyCommand=x/"sv,
                            "ssh://-oProxyCommand=x/y"sv,
                            "ssh://git@-oProxyCommand=x/y"sv,
                            "user@-oX:y"sv,
                            "-user@host:y"sv,
                            "ssh://-user@host/y"sv,
                            "https::x"sv,
                            "https::https://a.example/x"sv,
                            "https:///host/x"sv,
                            "https://"sv,
                            "https://host"sv,
                            "https://host/"sv,
                            "https:/host/x"sv,
                            "https://a\r\nb/x"sv,
                            "https://a.example/x\n"sv,
                            "https://a.example/%0a"sv,
                            "https://a.example/%0D%0Ax"sv,
                            "https://a.example/x%00"sv,
                            "https://a.example/%2e%2e/x"sv,
                            "https://a.example/a%2fb"sv,
                            "https://a.example/a%"sv,
                            "https://a.example/a%2"sv,
                            "https://a.example/a%zz"sv,
                            "https://a.example/x\0y"sv,
                            "https://a.example/../x"sv,
                            "https://a.example/a/./x"sv,
                            "https://a.example/a//x"sv,
                            "https://a.example/.git"sv,
                            "https://a.example/-x"sv,
                            "https://a.example/a/-x"sv,
                            "git@host:-x"sv,
                            "git@host:"sv,
                            "git@host:../x"sv,
                            "git@host:a:b"sv,
                            "https://u:p@a.example/x"sv,
                            "https://token@a.example/x"sv,
                            "ssh://u:p@a.example/x"sv,
                            "https://a.example/x?y=z"sv,
                            "https://a.example/x#y"sv,
                            "https://a.example:0/x"sv,
                            "https://a.example:65536/x"sv,
                            "https://a.example:/x"sv,
                            "https://a.example:80a/x"sv,
                            "https://a.example:+80/x"sv,
                            "https://a_b.example/x"sv,
                            "https://.example/x"sv,
                            "https://a..example/x"sv,
                            "https://a.example./x"sv,
                            "https://localhost./x"sv,
                            "https://2130706433/x"sv,
                            "https://0x7f.1/x"sv,
                            "https://0x7f000001/x"sv,
                            "https://017700000001/x"sv,
                            "https://127.1/x"sv,
                            "https://0177.0.0.1/x"sv,
                            "https://[::1/x"sv,
                            "https://[x]/x"sv,
                            "https://[::1]x/x"sv,
                            "https://[fe80::1%25eth0]/x"sv,
                            "https://ex\xc3\xa4mple.com/x"sv,
                            "https://a.example/x y"sv,
                            "https://a.example/x;touch"sv,
                            "https://a.example/$(x)"sv,
                            "https://a.example/`x`"sv,
                            "https://a.example/{a,b}"sv,
                            "https://a.example/x'y"sv,
                            "https://a.example/x\"y"sv,
                            "https://a.example/x\\y"sv,
                            "https://a.example\\@b.example/x"sv,
                            "https://a.example@b.example/x"sv}) {
        CAPTURE(std::string(text));
        const auto parsed = GitUrl::parse(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == Code::invalid);
        CHECK(parsed.error().message.ends_with('.'));
        CHECK(parsed.error().fields.empty());
    }
    CHECK_FALSE(GitUrl::parse("https://a.example/" + std::string(2000, 'a')));
}

TEST_CASE("a refusal of a password in an address does not repeat the password") {
    const auto parsed = GitUrl::parse("https://lena:hunter2@git.example.com/a.git");
    REQUIRE_FALSE(parsed);
    CHECK_FALSE(parsed.error().message.contains("hunter2"));
    CHECK(parsed.error().message.contains("password"));
}
