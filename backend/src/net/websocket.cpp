#include "net/websocket.hpp"

#include "net/websocket_session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace panel::net {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint16_t unsupported_data = 1003;
constexpr std::uint16_t too_many = 1008;
constexpr std::uint16_t try_again_later = 1013;

} // namespace

WebSocket::Impl::Impl(asio::ip::tcp::socket socket, const HttpServerLimits& l)
    : stream(std::move(socket)),
      limits(l),
      changed(stream.get_executor(), asio::steady_timer::time_point::max()),
      hard_end(stream.get_executor(), asio::steady_timer::time_point::max()) {
    stream.set_option(
        websocket::stream_base::timeout{limits.websocket_close_time, limits.websocket_silence, true});
    stream.read_message_max(limits.websocket_message_bytes);
    stream.auto_fragment(false);
    stream.text(true);
    stream.control_callback([this](websocket::frame_type kind, boost::beast::string_view) {
        if (kind == websocket::frame_type::ping && !admit()) close(too_many, "Too many pings.");
    });
}

bool WebSocket::Impl::admit() {
    const auto now = std::chrono::steady_clock::now();
    if (now - minute >= std::chrono::minutes{1}) {
        minute = now;
        frames = 0;
    }
    return ++frames <= limits.websocket_messages_per_minute;
}

void WebSocket::Impl::close(std::uint16_t code, std::string_view reason) {
    if (!is_open()) return;
    if (code == try_again_later) {
        for (const auto& text : queue) queued -= text.size();
        queue.clear();
    }
    closing.emplace(static_cast<websocket::close_code>(code),
                    boost::beast::string_view(reason.data(), reason.size()));
    hard_end.expires_after(limits.websocket_close_time);
    wake();
}

void WebSocket::Impl::lose() {
    if (std::exchange(broken, true)) return;
    boost::system::error_code ignored;
    stream.next_layer().close(ignored);
    wake();
}

void WebSocket::Impl::wake() { changed.cancel(); }

WebSocket::WebSocket(Impl& impl) : impl_(impl) {}

asio::awaitable<std::optional<std::string>> WebSocket::receive() {
    while (!impl_.broken) {
        std::string text;
        auto buffer = asio::dynamic_buffer(text);
        const auto [error, count] = co_await impl_.stream.async_read(buffer, tuple);
        if (error) {
            impl_.lose();
            break;
        }
        if (impl_.closing) continue; // only the peer's close frame is of interest now
        if (!impl_.stream.got_text()) {
            impl_.close(unsupported_data, "Only text is understood.");
        } else if (!impl_.admit()) {
            impl_.close(too_many, "Too many messages.");
        } else {
            text.shrink_to_fit();
            co_return text;
        }
    }
    co_return std::nullopt;
}

bool WebSocket::send(std::string text) {
    if (!impl_.is_open() || impl_.queued + text.size() > impl_.limits.websocket_queue_bytes) return false;
    impl_.queued += text.size();
    impl_.queue.push_back(std::move(text));
    impl_.wake();
    return true;
}

std::size_t WebSocket::queued_bytes() const { return impl_.queued; }

asio::awaitable<bool> WebSocket::wait_below(std::size_t bytes) {
    while (impl_.is_open() && impl_.queued >= bytes) co_await impl_.changed.async_wait(tuple);
    co_return impl_.is_open();
}

void WebSocket::close(std::uint16_t code, std::string reason) {
    constexpr std::size_t longest_reason =
        123; // RFC 6455 section 5.5: a control frame holds 125 bytes, two are the code
    auto length = std::min(reason.size(), longest_reason);
    while (length < reason.size() && length > 0 &&
           (static_cast<unsigned char>(reason[length]) & 0xC0) == 0x80)
        --length;
    impl_.close(code, std::string_view(reason).substr(0, length));
}

bool WebSocket::is_open() const { return impl_.is_open(); }

} // namespace panel::net
