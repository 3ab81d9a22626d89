#include "services/git/git_policy.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::git;

namespace {

bool is_public_text(const char* text) { return is_public(boost::asio::ip::make_address(text)); }
GitUrl url(const char* text) { return *GitUrl::parse(text); }

} // namespace

TEST_CASE("only addresses of the public internet are public, however they are wrapped") {
    for (const auto* text :
         {"8.8.8.8", "140.82.121.3", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.167.1.1",
          "223.255.255.255", "2606:4700::1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
          "2002:808:808::1"}) {
        CAPTURE(text);
        CHECK(is_public_text(text));
    }
    for (const auto* text : {"127.0.0.1",
                             "127.255.255.255",
                             "0.0.0.0",
                             "0.1.2.3",
                             "10.0.0.1",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "100.64.0.1",
                             "100.127.255.255",
                             "169.254.169.254",
                             "192.0.0.1",
                             "192.0.2.1",
                             "198.18.0.1",
                             "198.19.255.255",
                             "198.51.100.1",
                             "203.0.113.1",
                             "224.0.0.1",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fd00::1",
                             "fc00::1",
                             "fe80::1",
                             "fec0::1",
                             "ff02::1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "::127.0.0.1",
                             "64:ff9b::7f00:1",
                             "64:ff9b::10.0.0.1",
                             "64:ff9b:1::1",
                             "2001:db8::1",
                             "2001::1",
                             "2002:7f00:1::1",
                             "2002:a00:1::",
                             "100::1",
                             "3fff::1",
                             "4000::1"}) {
        CAPTURE(text);
        CHECK_FALSE(is_public_text(text));
    }
}

TEST_CASE("the list of private hosts takes hosts with and without a port, and refuses the rest by name") {
    CHECK(parse_private_hosts("")->empty());
    CHECK(*parse_private_hosts(" Git.LAN , 10.0.0.5:3000,[fd00::5]:8443,[fd00::6],git.lan:443 ") ==
          std::vector<PrivateHost>{
              {"git.lan", 0}, {"10.0.0.5", 3000}, {"fd00::5", 8443}, {"fd00::6", 0}, {"git.lan", 443}});
    for (const auto* text : {"http://git.lan", "git.lan/x", "*", "*.lan", "git lan", "git.lan:0",
                             "git.lan:99999", "user@git.lan", "-x", "10.0.0.0/8", "good.lan,-bad"}) {
        CAPTURE(text);
        CHECK(parse_private_hosts(text).error().code == Code::invalid);
    }
}

TEST_CASE("plain http and private addresses are for listed hosts, on the listed port") {
    const GitPolicy policy{*parse_private_hosts("git.lan:3000, 10.0.0.5"), {}};
    CHECK(policy.check_scheme(url("https://git.example.com/a")));
    CHECK(policy.check_scheme(url("ssh://git@git.example.com/a")));
    CHECK(policy.check_scheme(url("http://git.lan:3000/a")));
    CHECK(policy.check_scheme(url("http://10.0.0.5:8080/a")));
    CHECK_FALSE(policy.check_scheme(url("http://git.example.com/a")));
    CHECK_FALSE(policy.check_scheme(url("http://git.lan/a")));
    const auto address = boost::asio::ip::make_address("10.0.0.5");
    CHECK(policy.check_address(url("https://git.lan:3000/a"), address));
    CHECK(policy.check_address(url("https://10.0.0.5/a"), address));
    CHECK_FALSE(policy.check_address(url("https://git.lan/a"), address));
    CHECK_FALSE(policy.check_address(url("https://git.example.com/a"), address));
    CHECK(policy.check_address(url("https://git.example.com/a"), boost::asio::ip::make_address("8.8.8.8")));
}
