#pragma once
// The HTTP/1.1 server: accepts, parses within limits, calls one handler per request, keeps connections alive,
// hands WebSocket upgrades over. Owned by App. Loop thread only. Malformed, oversized and slow requests are
// answered and closed here (400, 413, 431, 408); the handler sees complete requests only.

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
    std::chrono::milliseconds idle_time{60'000}; // between requests of one connection
    std::size_t connections = 2'000;             // more are refused by closing
    std::size_t websocket_message_bytes = 64 * 1024;
};

class HttpServer {
  public:
    using Handler = std::function<boost::asio::awaitable<Response>(Request)>;

    HttpServer(boost::asio::any_io_executor executor, HttpServerLimits limits, Handler handler);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // Binds and starts accepting. Port 0 takes a free one. Fails (unavailable) when the address is taken.
    Result<void> listen(const std::string& address, std::uint16_t port);
    [[nodiscard]] std::uint16_t port() const;

    // Stops accepting, lets running requests finish within `patience`, closes WebSockets with 1001, then the
    // rest.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace panel::net
