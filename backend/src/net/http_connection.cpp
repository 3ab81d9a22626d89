#include "net/http_connection.hpp"

#include "net/race.hpp"
#include "net/websocket_session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace panel::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t head_read_bytes = 4 * 1024;
constexpr std::size_t body_read_bytes = 64 * 1024;
constexpr std::size_t chunk_head_bytes = 4 * 1024;   // of a chunk's size and extensions
constexpr std::size_t kept_buffer_bytes = 16 * 1024; // between requests
constexpr std::size_t lingering_bytes = 1024 * 1024; // of a refused request that are still read
constexpr std::chrono::milliseconds lingering_time{1'000};
constexpr std::string_view continue_head = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view view(const boost::beast::flat_buffer& buffer) {
    return {static_cast<const char*>(buffer.cdata().data()), buffer.size()};
}

std::string address_of(const asio::ip::tcp::socket& socket) {
    boost::system::error_code error;
    const auto address = socket.remote_endpoint(error).address();
    if (error) return {};
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address.to_string();
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
}

} // namespace

HttpConnection::HttpConnection(HttpServerState& state, asio::ip::tcp::socket socket)
    : state_(state), socket_(std::move(socket)), peer_address_(address_of(socket_)) {
    place_ = state_.connections.insert(state_.connections.end(), this);
    boost::system::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    enter(Phase::idle);
}

HttpConnection::~HttpConnection() {
    state_.connections.erase(place_);
    if (state_.connections.empty()) state_.all_closed.cancel();
}

void HttpConnection::enter(Phase phase) {
    const auto& limits = state_.limits;
    const auto allowed = [&]() -> std::chrono::milliseconds {
        switch (phase) {
        case Phase::idle: return limits.idle_time;
        case Phase::head: return limits.header_time;
        case Phase::body: return limits.body_time;
        case Phase::writing: return limits.write_time;
        case Phase::lingering: return lingering_time;
        case Phase::handling: break; // as long as the handler likes
        }
        return {};
    }();
    phase_ = phase;
    expired_ = false;
    using Clock = std::chrono::steady_clock;
    deadline_ = phase == Phase::handling ? Clock::time_point::max() : Clock::now() + allowed;
}

void HttpConnection::expire_if_late(std::chrono::steady_clock::time_point now) {
    if (now < deadline_) return;
    expired_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void HttpConnection::stop() {
    if (websocket_ != nullptr) return websocket_->close(1001, "The server is stopping.");
    if (phase_ == Phase::idle || phase_ == Phase::lingering)
        expire_if_late(std::chrono::steady_clock::time_point::max());
}

asio::awaitable<void> HttpConnection::run() {
    while (co_await serve_one()) {
    }
    boost::system::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

asio::awaitable<bool> HttpConnection::serve_one() {
    RequestReader reader(state_.limits);
    const auto read = co_await read_request(reader);
    if (read == Read::refused) co_await refuse(refusal_);
    if (read != Read::complete) co_return false;

    enter(Phase::handling);
    auto request = std::move(reader.request);
    request.peer_address = peer_address_;
    Request handshake;
    if (request.headers.has("Upgrade"))
        handshake = request; // else it stays empty: who does not ask is not upgraded
    auto answer = call_handler(std::move(request));
    auto response = co_await std::move(answer);
    if (response.status == 101 && response.upgrade) {
        auto upgraded = upgrade(std::move(handshake), std::move(response));
        co_await std::move(upgraded);
        co_return false;
    }
    auto connection = reader.version_is_11() ? Connection::keep : Connection::keep_said;
    if (!reader.keep_alive() || state_.stopping) connection = Connection::close;
    const bool written = co_await write(response, connection, reader.is_head_request());
    co_return written&& connection != Connection::close;
}

HttpConnection::Read HttpConnection::refused_with(int status) {
    refusal_ = status;
    return Read::refused;
}

// A peer that is late learns why; one that hung up, or never began, does not.
HttpConnection::Read HttpConnection::broken_off() {
    return expired_ && phase_ != Phase::idle ? refused_with(408) : Read::closed;
}

asio::awaitable<bool> HttpConnection::fill(std::size_t at_most) {
    const auto [error, count] = co_await socket_.async_read_some(buffer_.prepare(at_most), tuple);
    buffer_.commit(count);
    co_return !error && !expired_;
}

asio::awaitable<HttpConnection::Read> HttpConnection::read_request(RequestReader& reader) {
    const auto head = co_await read_head(reader);
    if (head != Read::complete || reader.is_done()) co_return head;
    co_return co_await read_body(reader);
}

asio::awaitable<HttpConnection::Read> HttpConnection::read_head(RequestReader& reader) {
    if (buffer_.size() == 0 && buffer_.capacity() > kept_buffer_bytes) buffer_.shrink_to_fit();
    enter(buffer_.size() > 0 ? Phase::head : Phase::idle);
    HeadScanner scanner(state_.limits.header_bytes);
    for (;;) {
        const auto found = scanner.scan(view(buffer_));
        if (found == HeadScanner::Outcome::malformed) co_return refused_with(400);
        if (found == HeadScanner::Outcome::too_large) co_return refused_with(431);
        if (found == HeadScanner::Outcome::complete) break;
        if (phase_ == Phase::idle && state_.stopping) co_return Read::closed;
        if (!co_await fill(head_read_bytes)) co_return broken_off();
        if (phase_ == Phase::idle) enter(Phase::head);
    }
    boost::system::error_code error;
    const asio::const_buffer head(buffer_.cdata().data(), scanner.size());
    const auto taken = reader.put(head, error);
    if (error || taken != scanner.size()) co_return refused_with(reader.refusal(error));
    buffer_.consume(taken);
    co_return Read::complete;
}

asio::awaitable<HttpConnection::Read> HttpConnection::read_body(RequestReader& reader) {
    enter(Phase::body);
    if (reader.expects_continue() && buffer_.size() == 0) {
        const auto [error, count] = co_await asio::async_write(socket_, asio::buffer(continue_head), tuple);
        if (error) co_return broken_off();
    }
    reader.eager(true);
    while (!reader.is_done()) {
        boost::system::error_code error;
        const auto taken = buffer_.size() > 0 ? reader.put(buffer_.cdata(), error) : 0;
        buffer_.consume(taken);
        if (error && error != http::error::need_more) co_return refused_with(reader.refusal(error));
        if (reader.is_done()) break;
        if (buffer_.size() > chunk_head_bytes) co_return refused_with(400);
        if (!co_await fill(body_read_bytes)) co_return broken_off();
    }
    co_return Read::complete;
}

// The layer above answers for its own exceptions; what still comes through must not end the server.
asio::awaitable<Response> HttpConnection::call_handler(Request request) {
    try {
        auto answer = state_.handler(std::move(request));
        co_return co_await std::move(answer);
    } catch (const std::exception& error) {
        spdlog::error("the request handler failed: {}", error.what());
    } catch (...) {
        spdlog::error("the request handler failed");
    }
    co_return make_refusal(500);
}

asio::awaitable<void> HttpConnection::upgrade(Request handshake, Response response) {
    const int status = handshake.method.empty() ? 426 : check_handshake(handshake);
    if (status != 0 || buffer_.size() > 0 || !is_sendable(response)) {
        co_await refuse(status != 0 ? status : buffer_.size() > 0 ? 400 : 500);
        co_return;
    }
    buffer_.shrink_to_fit();
    head_ = {};
    auto session = run_websocket(std::move(socket_), std::move(handshake), std::move(response), state_.limits,
                                 websocket_);
    co_await std::move(session);
}

// Most answers fit the socket's buffer: they are written at once, without a turn of the loop.
asio::awaitable<bool> HttpConnection::write(const Response& given, Connection connection, bool without_body) {
    enter(Phase::writing);
    const bool is_ours = given.status >= 200 && is_sendable(given);
    if (!is_ours) spdlog::error("an answer with status {} cannot be sent", given.status);
    const auto& response = is_ours ? given : make_refusal(500);
    head_.clear();
    append_head(head_, response, connection, state_.date.text());
    const bool no_body = without_body || response.status == 204 || response.status == 304;
    const std::array<asio::const_buffer, 2> all{asio::buffer(head_),
                                                no_body ? asio::const_buffer{} : asio::buffer(response.body)};

    boost::system::error_code error;
    const auto written = socket_.write_some(all, error);
    if (error && error != asio::error::would_block) co_return false;
    const auto total = all[0].size() + all[1].size();
    if (written == total) co_return true;
    const auto from_head = std::min(written, all[0].size());
    const std::array<asio::const_buffer, 2> rest{all[0] + from_head, all[1] + (written - from_head)};
    const auto [failure, count] = co_await asio::async_write(socket_, rest, tuple);
    co_return !failure;
}

asio::awaitable<void> HttpConnection::refuse(int status) {
    const auto response = make_refusal(status);
    if (co_await write(response, Connection::close, false)) co_await linger();
}

// Closing with unread bytes would reset the connection, and the peer would lose the answer (RFC 9112
// section 9.6).
asio::awaitable<void> HttpConnection::linger() {
    enter(Phase::lingering);
    boost::system::error_code error;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    buffer_.clear();
    for (std::size_t discarded = 0; discarded < lingering_bytes;
         discarded += buffer_.size(), buffer_.clear()) {
        if (state_.stopping || !co_await fill(head_read_bytes)) co_return;
    }
}

} // namespace panel::net
