#pragma once
// What a foreign web page could make a visitor's browser send, and is refused:
// changes from another site, and cookies anywhere but on reads and the WebSocket. Pure, any thread.

#include "api/settings.hpp"
#include "base/result.hpp"
#include "net/http_message.hpp"

#include <string_view>

namespace panel::api {

// The access cookie's value, "" when there is none.
[[nodiscard]] std::string_view access_cookie(const ApiSettings& settings, const net::Request& request);

// Refuses what a browser says came from another site (Sec-Fetch-Site, Origin). Errors: forbidden.
[[nodiscard]] Result<void> check_same_site(const ApiSettings& settings, const net::Request& request);
// A WebSocket that signs in by cookie must name our own origin: browsers do not apply the same-origin rule to
// sockets. Errors: forbidden.
[[nodiscard]] Result<void> check_socket_origin(const ApiSettings& settings, const net::Request& request);

} // namespace panel::api
