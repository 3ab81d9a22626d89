#include "api/handlers/socket.hpp"

#include "api/middleware/browser.hpp"
#include "api/socket/socket_registry.hpp"
#include "api/socket/socket_session.hpp"
#include "net/websocket.hpp"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace panel::api::handlers {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> run_socket(net::WebSocket& socket, ApiState& state, SocketCaller caller) {
    auto executor = co_await asio::this_coro::executor;
    SocketSession session(std::move(executor), socket, state, std::move(caller));
    co_await session.run();
}

} // namespace

asio::awaitable<Result<net::Response>> open_socket(Context& context) {
    if (context.by_cookie) {
        const auto origin = check_socket_origin(context.state.settings, context.request);
        if (!origin) co_return std::unexpected(origin.error());
    }
    if (!context.state.sockets.has_room(context.principal.user_id))
        co_return fail(Code::too_many_requests, "This account has too many WebSockets open.");
    SocketCaller caller{context.principal, context.access_token, context.request_id};
    net::Response response;
    response.status = 101;
    response.upgrade = [&state = context.state, caller = std::move(caller)](net::WebSocket& socket) {
        return run_socket(socket, state, caller);
    };
    co_return response;
}

} // namespace panel::api::handlers
