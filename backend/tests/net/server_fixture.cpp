#include "net/server_fixture.hpp"

#include "base/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include <stdexcept>
#include <sys/socket.h>

namespace panel::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

ServerFixture::ServerFixture(net::HttpServerLimits limits)
    : server_(loop_.get_executor(), limits,
              [this](net::Request request) { return answer(std::move(request)); }) {
    if (!server_.listen("127.0.0.1", 0)) throw std::runtime_error("listen");
    port = server_.port();
    thread_ = std::thread([this] { loop_.run(); });
}

ServerFixture::~ServerFixture() {
    if (!stopped_) stop(0ms).get();
    thread_.join();
}

std::future<void> ServerFixture::stop(std::chrono::milliseconds patience) {
    stopped_ = true;
    return asio::co_spawn(loop_, server_.stop(patience), asio::use_future);
}

void ServerFixture::release() {
    asio::post(loop_, [this] { gate_.cancel(); });
}

std::size_t ServerFixture::connections() {
    return asio::post(loop_, asio::use_future([this] { return server_.connections(); })).get();
}

asio::awaitable<net::Response> ServerFixture::wait() {
    ++waiting;
    co_await gate_.async_wait(asio::as_tuple(asio::use_awaitable));
    net::Response response;
    response.body = "released";
    co_return response;
}

asio::awaitable<net::Response> ServerFixture::answer(net::Request request) {
    ++requests;
    net::Response response;
    if (request.path == "/hello")
        response.body = "hello";
    else if (request.path == "/echo")
        response.body = std::move(request.body);
    else if (request.path == "/big")
        response.body.assign(std::stoul(request.query), 'x');
    else if (request.path == "/throw")
        throw std::runtime_error("handler");
    else if (request.path == "/wait")
        co_return co_await wait();
    else if (request.path == "/header-injection")
        response.headers.add("X-A", "b\r\nX-C: d");
    else if (request.path == "/empty")
        response.status = 204;
    else if (request.path == "/describe") {
        response.headers = {{"Content-Type", "text/plain"}, {"Content-Length", "3"}, {"Server", "leak"}};
        response.body =
            request.method + "|" + request.path + "|" + request.query + "|" + request.peer_address;
        for (const auto& header : request.headers) response.body += "|" + header.name + "=" + header.value;
    } else if (request.path == "/ws") {
        response.status = 101;
        response.headers.add("X-Extra", "yes");
        response.upgrade = [this](net::WebSocket& socket) { return talk(socket); };
    } else {
        response.status = 404;
    }
    co_return response;
}

asio::awaitable<void> ServerFixture::talk(net::WebSocket& socket) {
    for (;;) {
        auto text = co_await socket.receive();
        if (!text) break;
        if (*text == "close")
            socket.close(4001, std::string(200, 'r'));
        else if (*text == "throw")
            throw std::runtime_error("socket handler");
        else if (*text == "return")
            co_return;
        else if (*text == "flood")
            co_await flood(socket);
        else if (*text == "last words") {
            for (int i = 0; i < 10; ++i) socket.send("word");
            socket.close(1000, "done");
        } else {
            socket.send("echo " + *text);
        }
    }
}

asio::awaitable<void> ServerFixture::flood(net::WebSocket& socket) {
    const std::string piece(64 * 1024, 'f');
    while (socket.send(piece)) {
        const auto written = co_await with_deadline(socket.wait_below(1), 200ms);
        if (!written) break; // the socket's buffers are full
        if (!*written) co_return;
    }
    for (bool sent = true; sent;) sent = socket.send(piece);
    refused = socket.queued_bytes();
    socket.close(1013, "Too far behind.");
}

RawClient::RawClient(std::uint16_t port) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
    const timeval patience{10, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

void RawClient::send(std::string_view bytes) {
    boost::system::error_code ignored;
    asio::write(socket_, asio::buffer(bytes), ignored);
}

void RawClient::finish() { socket_.shutdown(asio::ip::tcp::socket::shutdown_send); }

std::string RawClient::read(std::size_t count) {
    char piece[16 * 1024];
    while (unread_.size() < count) {
        boost::system::error_code error;
        const auto got = socket_.read_some(asio::buffer(piece), error);
        if (error == asio::error::would_block) throw std::runtime_error("nothing to read for ten seconds");
        if (error) break;
        unread_.append(piece, got);
    }
    auto bytes = unread_.substr(0, count);
    unread_.erase(0, bytes.size());
    return bytes;
}

std::string RawClient::read_until(std::string_view end) {
    std::string bytes;
    while (!bytes.ends_with(end)) {
        const auto byte = read(1);
        if (byte.empty()) break;
        bytes += byte;
    }
    return bytes;
}

std::string RawClient::read_all() { return read(static_cast<std::size_t>(-1)); }

void RawClient::reset() {
    socket_.set_option(asio::socket_base::linger(true, 0));
    socket_.close();
}

std::string ask(std::uint16_t port, std::string_view bytes) {
    RawClient client(port);
    client.send(bytes);
    return client.read_all();
}

int status_of(std::string_view response) {
    if (!response.starts_with("HTTP/1.1 ") || response.size() < 12) return 0;
    return std::stoi(std::string(response.substr(9, 3)));
}

} // namespace panel::test
