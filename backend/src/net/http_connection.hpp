#pragma once
// One connection of the HTTP server: a coroutine that reads a request, calls the handler and writes the
// answer until it is over. It sets no timers: it says until when its present phase may last, and the server's
// sweep expires what is late. Loop thread only. Not for use outside net/.

#include "net/http_server.hpp"
#include "net/request_reader.hpp"
#include "net/response_head.hpp"
#include "net/websocket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>

namespace panel::net {

class HttpConnection;

// What the server and its connections share; kept alive by each connection's coroutine.
struct HttpServerState {
    HttpServerState(const boost::asio::any_io_executor& executor, HttpServerLimits l, HttpServer::Handler h)
        : limits(l),
          handler(std::move(h)),
          all_closed(executor, boost::asio::steady_timer::time_point::max()) {}
    HttpServerLimits limits;
    HttpServer::Handler handler;
    DateHeader date;
    std::list<HttpConnection*> connections;
    boost::asio::steady_timer all_closed; // cancelled when the last connection has gone
    bool stopping = false;
};

class HttpConnection {
  public:
    HttpConnection(HttpServerState& state, boost::asio::ip::tcp::socket socket);
    ~HttpConnection();
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    boost::asio::awaitable<void> run();
    // Ends the phase that is late; the coroutine then answers 408 or hangs up.
    void expire_if_late(std::chrono::steady_clock::time_point now);
    // The server stops: nothing is read any more that has not begun, a WebSocket says goodbye.
    void stop();

  private:
    enum class Phase { idle, head, body, handling, writing, lingering };
    enum class Read { complete, refused, closed };

    void enter(Phase phase);
    boost::asio::awaitable<bool> serve_one();
    boost::asio::awaitable<Read> read_request(RequestReader& reader);
    boost::asio::awaitable<Read> read_head(RequestReader& reader);
    boost::asio::awaitable<Read> read_body(RequestReader& reader);
    boost::asio::awaitable<bool> fill(std::size_t at_most);
    boost::asio::awaitable<Response> call_handler(Request request);
    boost::asio::awaitable<void> upgrade(Request handshake, Response response);
    boost::asio::awaitable<bool> write(const Response& response, Connection connection, bool without_body);
    boost::asio::awaitable<void> refuse(int status);
    boost::asio::awaitable<void> linger();
    Read refused_with(int status);
    Read broken_off();

    HttpServerState& state_;
    boost::asio::ip::tcp::socket socket_;
    std::string peer_address_;
    boost::beast::flat_buffer buffer_; // read, not yet parsed
    std::string head_;                 // of the response being written
    Phase phase_ = Phase::idle;
    std::chrono::steady_clock::time_point deadline_;
    bool expired_ = false;
    int refusal_ = 0;
    WebSocket* websocket_ = nullptr;
    std::list<HttpConnection*>::iterator place_;
};

} // namespace panel::net
