#include "api/middleware/client.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace panel;
using namespace panel::api;

namespace {

std::string address(const char* peer, const std::string& forwarded_for) {
    net::Request request;
    request.peer_address = peer;
    request.headers.add("X-Forwarded-For", forwarded_for);
    return client_address(ApiSettings{}, request);
}

} // namespace

TEST_CASE("the visitor is the last address that no trusted proxy wrote of itself") {
    CHECK(address("127.0.0.1", "203.0.113.9") == "203.0.113.9");
    CHECK(address("127.0.0.1", "198.51.100.1, 203.0.113.9") ==
          "203.0.113.9"); // the first is the visitor's own word
    CHECK(address("127.0.0.1", "203.0.113.9, 127.0.0.1") == "203.0.113.9");
    CHECK(address("unix", "2001:db8::7") == "2001:db8::7");
    CHECK(address("203.0.113.5", "127.0.0.1") == "203.0.113.5"); // who is no proxy is not believed
}

TEST_CASE("nonsense in X-Forwarded-For falls back to the peer") {
    for (const auto& list : {std::string(), std::string(","), std::string("zz"), std::string(10'000, 'a'),
                             std::string(" , , "), std::string("unknown"), std::string("203.0.113.9:443x")})
        CHECK(address("127.0.0.1", list) == "127.0.0.1");
    std::string many;
    for (int i = 0; i < 200; ++i) many += "127.0.0.1,";
    CHECK(address("127.0.0.1", many + "127.0.0.1") == "127.0.0.1");
}

TEST_CASE("this machine is loopback or a unix socket, by exact form") {
    CHECK(is_this_machine("127.0.0.1"));
    CHECK(is_this_machine("::1"));
    CHECK(is_this_machine("unix"));
    CHECK(!is_this_machine("203.0.113.9"));
    CHECK(!is_this_machine(""));
}
