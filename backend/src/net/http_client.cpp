#include "net/http_client.hpp"

#include "net/race.hpp"
#include "net/response_reader.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sys/un.h>

namespace panel::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t read_bytes = 32 * 1024;
constexpr std::chrono::milliseconds longest_deadline =
    std::chrono::hours{24 * 365}; // a timer cannot hold milliseconds::max()

using Socket = asio::generic::stream_protocol::socket;

struct Exchange {
    Exchange(const asio::any_io_executor& executor, Call c)
        : call(std::move(c)), socket(executor), end(executor) {}
    Call call;
    Socket socket;
    asio::steady_timer end; // when the upload has ended, the answer decides alone: waiting on this is
                            // cancelled with the exchange
    Result<Response> result = fail(Code::unavailable, "The connection broke off before there was an answer.");
};

bool is_clean(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_sendable(const Call& call) {
    const auto is_graphic = [](char c) { return c > 0x20 && c < 0x7f; };
    if (call.method.empty() || !std::ranges::all_of(call.method, is_graphic)) return false;
    if (call.target.empty() || !std::ranges::all_of(call.target, is_graphic)) return false;
    return std::ranges::all_of(call.headers,
                               [](const Header& h) { return is_clean(h.name) && is_clean(h.value); });
}

std::string head_of(const Call& call) {
    std::string head = fmt::format("{} {} HTTP/1.1\r\n", call.method, call.target);
    if (!call.headers.has("Host")) {
        const bool is_plain = !call.endpoint.socket_path.empty() || call.endpoint.port == 80;
        const auto& name = call.endpoint.socket_path.empty() ? call.endpoint.host : std::string("localhost");
        head += is_plain ? fmt::format("Host: {}\r\n", name)
                         : fmt::format("Host: {}:{}\r\n", name, call.endpoint.port);
    }
    for (const auto& header : call.headers) head += fmt::format("{}: {}\r\n", header.name, header.value);
    if (call.source) {
        head += "Transfer-Encoding: chunked\r\n";
    } else if (!call.body.empty() || call.method == "POST" || call.method == "PUT" ||
               call.method == "PATCH") {
        head += fmt::format("Content-Length: {}\r\n", call.body.size());
    }
    return head + "Connection: close\r\n\r\n";
}

asio::awaitable<bool> connect_tcp(Exchange& x) {
    std::vector<asio::generic::stream_protocol::endpoint> addresses;
    boost::system::error_code error;
    const auto literal = asio::ip::make_address(x.call.endpoint.host, error);
    if (!error) {
        addresses.emplace_back(asio::ip::tcp::endpoint(literal, x.call.endpoint.port));
    } else {
        asio::ip::tcp::resolver resolver(x.socket.get_executor());
        const auto [failure, found] = co_await resolver.async_resolve(
            x.call.endpoint.host, std::to_string(x.call.endpoint.port), tuple);
        for (const auto& entry : found) addresses.emplace_back(entry.endpoint());
    }
    for (const auto& address : addresses) {
        boost::system::error_code ignored;
        x.socket.close(ignored);
        const auto [failure] = co_await x.socket.async_connect(address, tuple);
        if (failure) continue;
        x.socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        co_return true;
    }
    co_return false;
}

asio::awaitable<bool> connect(Exchange& x) {
    const auto& path = x.call.endpoint.socket_path;
    if (path.empty()) co_return co_await connect_tcp(x);
    if (path.size() >= sizeof(sockaddr_un::sun_path)) co_return false;
    const asio::generic::stream_protocol::endpoint address{asio::local::stream_protocol::endpoint(path)};
    const auto [failure] = co_await x.socket.async_connect(address, tuple);
    co_return !failure;
}

// False when the peer no longer takes bytes, which is no failure yet: its answer may be waiting already.
asio::awaitable<bool> upload_source(Exchange& x) {
    for (;;) {
        auto piece = co_await x.call.source();
        if (!piece) {
            x.result = std::unexpected(std::move(piece.error()));
            co_return true;
        }
        const std::string size =
            piece->empty() ? std::string("0\r\n") : fmt::format("{:x}\r\n", piece->size());
        const std::array<asio::const_buffer, 3> parts{asio::buffer(size), asio::buffer(*piece),
                                                      asio::buffer("\r\n", 2)};
        const auto [error, count] = co_await asio::async_write(x.socket, parts, tuple);
        if (error || piece->empty()) co_return false;
    }
}

// Returns only to abort the exchange.
asio::awaitable<void> upload(Exchange& x) {
    const auto head = head_of(x.call);
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(x.call.body)};
    const auto written = x.call.source ? co_await asio::async_write(x.socket, asio::buffer(head), tuple)
                                       : co_await asio::async_write(x.socket, parts, tuple);
    if (!std::get<0>(written) && x.call.source && co_await upload_source(x)) co_return;
    x.end.expires_at(asio::steady_timer::time_point::max());
    co_await x.end.async_wait(tuple);
}

asio::awaitable<bool> take_piece(Exchange& x, ResponseReader& reader, std::string& body) {
    if (reader.piece.empty()) co_return true;
    if (x.call.sink && reader.response.status < 400) {
        const auto taken = co_await x.call.sink(reader.piece);
        if (!taken) {
            x.result = std::unexpected(taken.error());
            co_return false;
        }
    } else if (body.size() + reader.piece.size() > x.call.response_limit) {
        x.result = fail(Code::too_large, "The answer is larger than allowed.");
        co_return false;
    } else {
        body += reader.piece;
    }
    reader.piece.clear();
    co_return true;
}

// Decodes what is in the buffer. False when the bytes are not HTTP.
bool decode(ResponseReader& reader, boost::beast::flat_buffer& buffer) {
    boost::system::error_code error;
    while (buffer.size() > 0 && !reader.is_done()) {
        const auto count = reader.put(buffer.cdata(), error);
        buffer.consume(count);
        if (error == http::error::need_more || (!error && count == 0)) return true;
        if (error) return false;
    }
    return true;
}

// One message; true when it is complete.
asio::awaitable<bool> read_message(Exchange& x, ResponseReader& reader, boost::beast::flat_buffer& buffer) {
    std::string body;
    for (;;) {
        if (!decode(reader, buffer)) {
            x.result = fail(Code::bad_request, "The answer is not HTTP.");
            co_return false;
        }
        if (!co_await take_piece(x, reader, body)) co_return false;
        if (reader.is_done()) break;
        const auto [error, count] = co_await x.socket.async_read_some(buffer.prepare(read_bytes), tuple);
        buffer.commit(count);
        if (!error) continue;
        boost::system::error_code incomplete = http::error::partial_message;
        if (error == asio::error::eof && reader.is_header_done()) reader.put_eof(incomplete);
        if (incomplete) {
            if (reader.is_header_done())
                x.result = fail(Code::unavailable, "The connection broke off within the answer.");
            co_return false;
        }
        break;
    }
    reader.response.body = std::move(body);
    co_return true;
}

asio::awaitable<void> read_answer(Exchange& x) {
    boost::beast::flat_buffer buffer;
    for (;;) {
        ResponseReader reader(x.call.method == "HEAD");
        if (!co_await read_message(x, reader, buffer)) co_return;
        if (reader.response.status < 200 && reader.response.status != 101)
            continue; // interim, such as 100 Continue
        x.result = std::move(reader.response);
        co_return;
    }
}

asio::awaitable<void> exchange(Exchange& x) {
    if (!co_await connect(x)) {
        x.result = fail(Code::unavailable, "Cannot connect.");
        co_return;
    }
    auto answer = read_answer(x);
    auto request = upload(x);
    co_await race(std::move(answer), std::move(request));
}

asio::awaitable<void> wait_until_end(asio::steady_timer& timer) { co_await timer.async_wait(tuple); }

} // namespace

asio::awaitable<Result<Response>> send(Call call) {
    if (!is_sendable(call))
        co_return fail(Code::invalid, "The request holds characters that HTTP does not allow.");
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer deadline(executor, std::min(call.deadline, longest_deadline));
    Exchange x(executor, std::move(call));
    auto work = exchange(x);
    auto limit = wait_until_end(deadline);
    const auto first = co_await race(std::move(work), std::move(limit));
    if (is_cancelled(co_await asio::this_coro::cancellation_state))
        co_return fail(Code::cancelled, "The request was cancelled.");
    if (first == 1) co_return fail(Code::unavailable, "There was no answer in time.");
    co_return std::move(x.result);
}

} // namespace panel::net
