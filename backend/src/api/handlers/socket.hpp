#pragma once
// GET /ws: decides whether a WebSocket may be opened, and hands it to a SocketSession. Loop thread.

#include "api/context.hpp"
#include "base/result.hpp"
#include "net/http_message.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::api::handlers {

// Errors: forbidden (cookie without our Origin), too_many_requests.
boost::asio::awaitable<Result<net::Response>> open_socket(Context& context);

} // namespace panel::api::handlers
