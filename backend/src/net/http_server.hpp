#pragma once
// The HTTP/1.1 server: accepts, parses within limits, calls one handler per request, keeps connections alive,
// hands WebSocket upgrades over. Owned by App. Loop thread only. Malformed, oversized and slow requests are
// answered and closed here (400, 408, 413, 415, 417, 431: problem documents); the handler sees complete
// requests only. HEAD reaches it as GET and is answered without the body. Date, Content-Length and Connection
// are the server's own: a handler's are dropped. An exception of the handler is answered with 500.

#include "base/result.hpp"
#include "net/http_message.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace panel::net {

struct HttpServerLimits {
    std::size_t header_bytes = 16 * 1024;
    std::size_t body_bytes = 1024 * 1024;
    std::size_t webhook_body_bytes = 10 * 1024 * 1024; // for paths below /api/v1/webhooks/
    std::chrono::milliseconds header_time{10'000};     // first byte of a request to the end of its headers
    std::chrono::milliseconds body_time{30'000};
    std::chrono::milliseconds write_time{30'000};
    std::chrono::milliseconds idle_time{60'000};         // between requests of one connection
    std::size_t connections = 2'000;                     // more are refused by closing
    std::size_t websocket_message_bytes = 64 * 1024;     // inbound; 1009
    std::size_t websocket_messages_per_minute = 100;     // inbound, pings count; 1008
    std::size_t websocket_queue_bytes = 1024 * 1024;     // outbound, see WebSocket::send()
    std::chrono::milliseconds websocket_silence{60'000}; // pinged after half of it, given up after the whole
    std::chrono::milliseconds websocket_close_time{5'000}; // from close() to hanging up
};

class HttpServer {
  public:
    using Handler = std::function<boost::asio::awaitable<Response>(Request)>;

    HttpServer(boost::asio::any_io_executor executor, HttpServerLimits limits, Handler handler);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // Binds and starts accepting; more than one address is allowed. Port 0 takes a free one. Fails
    // (unavailable) when the address is taken, (invalid) when it is not a numeric one.
    Result<void> listen(const std::string& address, std::uint16_t port);
    [[nodiscard]] std::uint16_t port() const; // of the first listen()
    [[nodiscard]] std::size_t connections() const;

    // Await it before the server goes. Stops accepting, drops idle connections, lets running requests finish
    // within `patience`, closes WebSockets with 1001, then cancels the rest.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace panel::net
