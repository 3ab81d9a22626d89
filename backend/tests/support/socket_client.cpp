#include "support/socket_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json/parse.hpp>

namespace panel::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

struct SocketClient::Impl {
    explicit Impl(asio::io_context& loop) : stream(loop) {}
    websocket::stream<asio::ip::tcp::socket> stream;
};

SocketClient::SocketClient(asio::io_context& loop) : impl_(std::make_shared<Impl>(loop)) {}
SocketClient::~SocketClient() = default;

asio::awaitable<int> SocketClient::connect(std::uint16_t port,
                                           std::vector<std::pair<std::string, std::string>> headers) {
    const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    co_await impl_->stream.next_layer().async_connect(endpoint, asio::use_awaitable);
    auto decorate = [headers = std::move(headers)](websocket::request_type& request) {
        for (const auto& [name, value] : headers) request.set(name, value);
    };
    impl_->stream.set_option(websocket::stream_base::decorator(std::move(decorate)));
    websocket::response_type answer;
    const auto [failure] = co_await impl_->stream.async_handshake(answer, "localhost:8088", "/api/v1/ws",
                                                                  asio::as_tuple(asio::use_awaitable));
    co_return failure&& answer.result_int() == 101 ? 0 : static_cast<int>(answer.result_int());
}

asio::awaitable<void> SocketClient::send(std::string text) {
    co_await impl_->stream.async_write(asio::buffer(text), asio::use_awaitable);
}

asio::awaitable<boost::json::value> SocketClient::receive() {
    const auto impl = impl_;
    beast::flat_buffer buffer;
    const auto [failure, size] =
        co_await impl->stream.async_read(buffer, asio::as_tuple(asio::use_awaitable));
    if (failure) co_return boost::json::object{{"closed", impl->stream.reason().code}};
    co_return boost::json::parse(beast::buffers_to_string(buffer.data()));
}

void SocketClient::drop() {
    boost::system::error_code ignored;
    impl_->stream.next_layer().close(ignored);
}

} // namespace panel::test
