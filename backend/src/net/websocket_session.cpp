#include "net/websocket_session.hpp"

#include "net/race.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace panel::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using namespace asio::experimental::awaitable_operators;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);

// Base64 of 16 bytes.
bool is_key(std::string_view key) {
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
               c == '/';
    };
    return key.size() == 24 && key.ends_with("==") && std::ranges::all_of(key.substr(0, 22), is_letter);
}

bool lists(const Headers& headers, std::string_view name, std::string_view token) {
    const auto value = headers.get(name);
    return http::token_list{{value.data(), value.size()}}.exists({token.data(), token.size()});
}

http::request<http::empty_body> to_beast(const Request& handshake) {
    http::request<http::empty_body> request(http::verb::get, "/", 11);
    for (const char* name : {"Host", "Connection", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version"}) {
        const auto value = handshake.headers.get(name);
        request.set(name, boost::beast::string_view(value.data(), value.size()));
    }
    return request;
}

asio::awaitable<bool> accept(WebSocket::Impl& impl, const Request& handshake, const Headers& headers) {
    impl.stream.set_option(websocket::stream_base::decorator([&headers](websocket::response_type& response) {
        for (const auto& header : headers) response.insert(header.name, header.value);
        response.set(http::field::server, "vps-panel"); // else Beast names itself and its version
    }));
    const auto request = to_beast(handshake);
    const auto [error] = co_await impl.stream.async_accept(request, tuple);
    impl.stream.set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
    co_return !error;
}

asio::awaitable<void> write_queue(WebSocket::Impl& impl) {
    while (!impl.broken) {
        if (impl.queue.empty()) {
            if (impl.closing) break;
            co_await impl.changed.async_wait(tuple);
            continue;
        }
        const auto text = std::move(impl.queue.front());
        impl.queue.pop_front();
        const auto [error, count] = co_await impl.stream.async_write(asio::buffer(text), tuple);
        impl.queued -= text.size();
        if (error) co_return;
        impl.wake();
    }
    if (impl.broken) co_return;
    const auto reason = *impl.closing;
    co_await impl.stream.async_close(reason, tuple);
}

// Returns when close() was called and the peer had its time to answer.
asio::awaitable<void> wait_for_hard_end(WebSocket::Impl& impl) {
    while (std::chrono::steady_clock::now() < impl.hard_end.expiry())
        co_await impl.hard_end.async_wait(tuple);
}

asio::awaitable<void> run_writer(WebSocket::Impl& impl) {
    auto writer = write_queue(impl);
    auto end = wait_for_hard_end(impl);
    co_await race(std::move(writer), std::move(end));
    impl.lose();
}

void log_failure(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        spdlog::error("a WebSocket's handler ended: {}", error.what());
    }
}

asio::awaitable<void> run_handler(WebSocket::Impl& impl, WebSocket& socket,
                                  std::function<asio::awaitable<void>(WebSocket&)> handler) {
    std::exception_ptr failure;
    auto task = handler(socket);
    co_await guarded(std::move(task), failure);
    if (!failure) co_return impl.close(websocket::close_code::normal, "");
    if (!is_cancelled(co_await asio::this_coro::cancellation_state)) log_failure(failure);
    impl.close(websocket::close_code::internal_error, "Something went wrong on the server.");
}

} // namespace

int check_handshake(const Request& request) {
    const auto& headers = request.headers;
    if (request.method != "GET" || !request.body.empty()) return 400;
    if (!lists(headers, "Upgrade", "websocket") || !lists(headers, "Connection", "upgrade")) return 426;
    if (headers.get("Sec-WebSocket-Version") != "13") return 426;
    return is_key(headers.get("Sec-WebSocket-Key")) ? 0 : 400;
}

asio::awaitable<void> run_websocket(asio::ip::tcp::socket socket, Request handshake, Response response,
                                    const HttpServerLimits& limits, WebSocket*& current) {
    WebSocket::Impl impl(std::move(socket), limits);
    if (!co_await accept(impl, handshake, response.headers)) co_return;
    handshake = {};
    WebSocket facade(impl);
    current = &facade;
    auto handler = run_handler(impl, facade, std::move(response.upgrade));
    auto writer = run_writer(impl);
    auto both = std::move(handler) && std::move(writer);
    std::exception_ptr failure;
    auto safely = guarded(std::move(both), failure);
    co_await std::move(safely);
    current = nullptr;
}

} // namespace panel::net
