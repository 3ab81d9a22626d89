#pragma once
// A real HTTP server on a free loopback port with its own loop thread, and blocking clients for the test's
// thread.

#include "net/http_server.hpp"
#include "net/websocket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <future>
#include <string>
#include <string_view>
#include <thread>

namespace panel::test {

// Paths: /hello, /echo (POST), /big?N (N bytes), /describe (request as text), /throw, /wait (until
// release()), /header-injection, /ws (echoes; "close" closes with 4001, "throw" throws, "flood" sends until
// refused, then closes with 1013), /ws-quiet (never sends).
class ServerFixture {
  public:
    explicit ServerFixture(net::HttpServerLimits limits = {});
    ~ServerFixture();

    // Runs stop() on the loop; ready once it has returned.
    std::future<void> stop(std::chrono::milliseconds patience);
    void release(); // every /wait
    std::size_t connections();

    std::uint16_t port = 0;
    std::atomic<int> requests = 0;
    std::atomic<int> waiting = 0;         // requests that arrived at /wait
    std::atomic<std::size_t> refused = 0; // bytes queued when "flood" was refused

  private:
    boost::asio::awaitable<net::Response> answer(net::Request request);
    boost::asio::awaitable<net::Response> wait();
    boost::asio::awaitable<void> talk(net::WebSocket& socket);
    boost::asio::awaitable<void> flood(net::WebSocket& socket);

    boost::asio::io_context loop_{1};
    boost::asio::steady_timer gate_{loop_, boost::asio::steady_timer::time_point::max()};
    net::HttpServer server_;
    bool stopped_ = false;
    std::thread thread_;
};

// A plain TCP connection whose reads give up after ten seconds.
class RawClient {
  public:
    explicit RawClient(std::uint16_t port);
    void send(std::string_view bytes); // ignores that the peer has gone
    void finish();                     // half-close
    std::string read(std::size_t count);
    std::string read_until(std::string_view end);
    std::string read_all(); // to the end of the connection; a reset ends it too
    void reset();           // closes with RST

    boost::asio::ip::tcp::socket& socket() { return socket_; }

  private:
    boost::asio::io_context loop_;
    boost::asio::ip::tcp::socket socket_{loop_};
    std::string unread_;
};

// Sends the bytes on a connection of their own and returns all that comes back.
std::string ask(std::uint16_t port, std::string_view bytes);
int status_of(std::string_view response);

} // namespace panel::test
