#include "net/stream.hpp"

#include "base/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

namespace panel::net {

namespace ssl = asio::ssl;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);

std::unexpected<Error> failure_of(const boost::system::error_code& error) {
    if (error == asio::error::operation_aborted) return fail(Code::cancelled, "It was cancelled.");
    if (error == asio::error::eof) return fail(Code::unavailable, "The peer closed the connection.");
    return fail(Code::unavailable, error.message() + ".");
}

asio::ip::tcp::socket& lowest(asio::ip::tcp::socket& socket) { return socket; }
asio::local::stream_protocol::socket& lowest(asio::local::stream_protocol::socket& socket) { return socket; }
asio::ip::tcp::socket& lowest(ssl::stream<asio::ip::tcp::socket>& stream) { return stream.next_layer(); }

template <class Socket> class StreamOf final : public Stream {
  public:
    explicit StreamOf(Socket socket) : socket_(std::move(socket)) {}

    asio::awaitable<Result<std::size_t>> read_some(std::span<char> into) override {
        const auto buffer = asio::buffer(into.data(), into.size());
        const auto [error, count] = co_await socket_.async_read_some(buffer, tuple);
        if (error) co_return failure_of(error);
        co_return count;
    }

    asio::awaitable<Result<void>> write(std::string_view bytes) override {
        const auto [error, count] =
            co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), tuple);
        if (error) co_return failure_of(error);
        co_return Result<void>{};
    }

    void close() override {
        boost::system::error_code ignored;
        lowest(socket_).close(ignored);
    }

  private:
    Socket socket_;
};

using Opened = Result<std::unique_ptr<Stream>>;

asio::awaitable<Opened> open_unix(std::string path) {
    constexpr std::size_t longest_path = 107; // sockaddr_un
    if (path.size() > longest_path) co_return fail(Code::unavailable, "The path of the socket is too long.");
    asio::local::stream_protocol::socket socket(co_await asio::this_coro::executor);
    const auto [error] = co_await socket.async_connect(asio::local::stream_protocol::endpoint(path), tuple);
    if (error) co_return failure_of(error);
    co_return std::make_unique<StreamOf<asio::local::stream_protocol::socket>>(std::move(socket));
}

asio::awaitable<Opened> secure(asio::ip::tcp::socket socket, std::string host) {
    ssl::context context(ssl::context::tls_client);
    boost::system::error_code error;
    context.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    context.set_default_verify_paths(error); // SSL_CERT_FILE and SSL_CERT_DIR count
    if (error) co_return failure_of(error);
    ssl::stream<asio::ip::tcp::socket> stream(std::move(socket), context);
    stream.set_verify_mode(ssl::verify_peer);
    stream.set_verify_callback(ssl::host_name_verification(host));
    SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
    const auto [failure] = co_await stream.async_handshake(ssl::stream_base::client, tuple);
    if (failure) co_return failure_of(failure);
    co_return std::make_unique<StreamOf<ssl::stream<asio::ip::tcp::socket>>>(std::move(stream));
}

asio::awaitable<Opened> open_tcp(StreamTarget target) {
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver(executor);
    const auto [unknown, endpoints] =
        co_await resolver.async_resolve(target.host, std::to_string(target.port), tuple);
    if (unknown) co_return failure_of(unknown);
    asio::ip::tcp::socket socket(executor);
    const auto [error, endpoint] = co_await asio::async_connect(socket, endpoints, tuple);
    if (error) co_return failure_of(error);
    boost::system::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (!target.tls) co_return std::make_unique<StreamOf<asio::ip::tcp::socket>>(std::move(socket));
    auto secured = secure(std::move(socket), std::move(target.host));
    co_return co_await std::move(secured);
}

} // namespace

asio::awaitable<Opened> connect(StreamTarget target, std::chrono::milliseconds deadline) {
    auto opening =
        target.socket_path.empty() ? open_tcp(std::move(target)) : open_unix(std::move(target.socket_path));
    auto opened = co_await with_deadline(std::move(opening), deadline);
    if (!opened) co_return fail(Code::unavailable, "Connecting took too long.");
    co_return std::move(*opened);
}

} // namespace panel::net
