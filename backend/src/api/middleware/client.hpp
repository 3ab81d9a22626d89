#pragma once
// Who is at the other end: the visitor's address behind the trusted proxies, and the request's id. Pure, any
// thread.

#include "api/settings.hpp"
#include "net/http_message.hpp"

#include <string>

namespace panel::api {

[[nodiscard]] bool is_trusted_proxy(const ApiSettings& settings, const std::string& address);

// The last address of X-Forwarded-For that is not itself a trusted proxy, when the peer is one; else the
// peer's. Never longer than an address is.
[[nodiscard]] std::string client_address(const ApiSettings& settings, const net::Request& request);

// X-Request-Id of a trusted proxy when it looks like one ([A-Za-z0-9-]{8,64}), else a new random one.
[[nodiscard]] std::string request_id(const ApiSettings& settings, const net::Request& request);

// 127.0.0.0/8, ::1 or a unix socket.
[[nodiscard]] bool is_this_machine(const std::string& address);

} // namespace panel::api
