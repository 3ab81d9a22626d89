#pragma once
// The server's side of a WebSocket: checks the handshake, owns Beast's stream and the queue, runs the upgrade
// handler beside one writer. Loop thread only. Not for use outside net/.

#include "net/http_message.hpp"
#include "net/http_server.hpp"
#include "net/websocket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace panel::net {

struct WebSocket::Impl {
    using Stream = boost::beast::websocket::stream<boost::asio::ip::tcp::socket, false>;

    Impl(boost::asio::ip::tcp::socket socket, const HttpServerLimits& limits);
    [[nodiscard]] bool is_open() const { return !closing && !broken; }
    bool admit(); // counts one inbound frame, false when there are too many of them
    void close(std::uint16_t code, std::string_view reason); // of at most 123 bytes
    void lose();                                             // the connection is of no more use
    void wake();                                             // everybody who waits for a change

    Stream stream;
    HttpServerLimits limits;
    std::deque<std::string> queue;
    std::size_t queued = 0; // bytes, with the message that is being written
    std::optional<boost::beast::websocket::close_reason> closing = {}; // set by close()
    bool broken = false;
    boost::asio::steady_timer changed; // never expires: cancelled by wake()
    boost::asio::steady_timer hard_end;
    std::chrono::steady_clock::time_point minute = {}; // in which frames are counted
    std::size_t frames = 0;
};

// RFC 6455 section 4.2.1: 0 when the handshake is in order, else the status to refuse it with.
[[nodiscard]] int check_handshake(const Request& request);

// Answers 101 with the response's own headers, then runs response.upgrade until it has returned and the
// socket is closed. The WebSocket is shown in `current` meanwhile, for those who must close it from outside.
boost::asio::awaitable<void> run_websocket(boost::asio::ip::tcp::socket socket, Request handshake,
                                           Response response, const HttpServerLimits& limits,
                                           WebSocket*& current);

} // namespace panel::net
