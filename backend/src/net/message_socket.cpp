#include "net/message_socket.hpp"

#include "base/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <optional>
#include <sys/stat.h>

namespace panel::net {

namespace {

using Socket = asio::local::stream_protocol::socket;
using Acceptor = asio::local::stream_protocol::acceptor;

constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr std::chrono::milliseconds request_time{5'000};
constexpr std::chrono::milliseconds write_time{30'000};
constexpr std::chrono::milliseconds accept_pause{100}; // when the process is out of descriptors

std::array<unsigned char, 4> length_of(const std::string& message) {
    const auto size = static_cast<std::uint32_t>(message.size());
    return {static_cast<unsigned char>(size >> 24U), static_cast<unsigned char>(size >> 16U),
            static_cast<unsigned char>(size >> 8U), static_cast<unsigned char>(size)};
}

// nullopt when the other side has hung up or talks nonsense.
asio::awaitable<std::optional<std::string>> read_message(Socket& socket) {
    std::array<unsigned char, 4> head{};
    const auto head_buffer = asio::buffer(head);
    auto [error, count] = co_await asio::async_read(socket, head_buffer, asio::as_tuple(asio::use_awaitable));
    if (error) co_return std::nullopt;
    const auto size =
        std::size_t{head[0]} << 24U | std::size_t{head[1]} << 16U | std::size_t{head[2]} << 8U | head[3];
    if (size > most_bytes) co_return std::nullopt;
    std::string message(size, '\0');
    const auto buffer = asio::buffer(message);
    auto [broken, bytes] = co_await asio::async_read(socket, buffer, asio::as_tuple(asio::use_awaitable));
    if (broken) co_return std::nullopt;
    co_return std::move(message);
}

asio::awaitable<bool> write_message(Socket& socket, std::string message) {
    if (message.size() > most_bytes) co_return false;
    const auto head = length_of(message);
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(message)};
    const auto [error, count] =
        co_await asio::async_write(socket, buffers, asio::as_tuple(asio::use_awaitable));
    co_return !error;
}

// Ends when the caller hangs up: nothing more is expected from it.
asio::awaitable<void> await_end(Socket& socket) {
    std::array<char, 1> byte{};
    const auto buffer = asio::buffer(byte);
    co_await socket.async_read_some(buffer, asio::as_tuple(asio::use_awaitable));
}

class Caller final : public MessageCaller {
  public:
    explicit Caller(Socket& socket) : socket_(socket) {}
    asio::awaitable<bool> send(std::string message) override {
        const auto sent = co_await with_deadline(write_message(socket_, std::move(message)), write_time);
        co_return sent.value_or(false);
    }

  private:
    Socket& socket_;
};

} // namespace

struct MessageServer::Impl {
    Impl(asio::any_io_executor e, Handler h) : executor(e), handler(std::move(h)), acceptor(e), tasks(e) {}
    asio::awaitable<void> accept_all();
    asio::awaitable<void> serve(Socket socket);
    asio::any_io_executor executor;
    Handler handler;
    Acceptor acceptor;
    std::filesystem::path path;
    TaskGroup tasks;
};

asio::awaitable<void> MessageServer::Impl::accept_all() {
    while (acceptor.is_open()) {
        auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        if (error == asio::error::operation_aborted) co_return;
        if (error)
            co_await sleep_for(accept_pause);
        else
            tasks.spawn("call", serve(std::move(socket)));
    }
}

asio::awaitable<void> MessageServer::Impl::serve(Socket socket) {
    using namespace asio::experimental::awaitable_operators;
    auto request = co_await with_deadline(read_message(socket), request_time);
    if (!request || !*request) co_return;
    Caller caller(socket);
    co_await (handler(std::move(**request), caller) || await_end(socket));
}

MessageServer::MessageServer(asio::any_io_executor executor, Handler handler)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(handler))) {}

MessageServer::~MessageServer() = default;

Result<void> MessageServer::listen(const std::filesystem::path& socket) {
    std::error_code ignored;
    std::filesystem::remove(socket, ignored);
    boost::system::error_code error;
    impl_->acceptor.open(asio::local::stream_protocol(), error);
    const auto mask = ::umask(0177); // from its first moment nobody else can open it
    if (!error) impl_->acceptor.bind(asio::local::stream_protocol::endpoint(socket.string()), error);
    ::umask(mask);
    if (!error) impl_->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(Code::unavailable, "The socket " + socket.string() + " cannot be opened.");
    impl_->path = socket;
    impl_->tasks.spawn("calls", impl_->accept_all());
    return {};
}

asio::awaitable<void> MessageServer::stop(std::chrono::milliseconds patience) {
    boost::system::error_code ignored;
    impl_->acceptor.close(ignored);
    std::error_code also_ignored;
    if (!impl_->path.empty()) std::filesystem::remove(impl_->path, also_ignored);
    co_await impl_->tasks.stop(patience);
}

namespace {

asio::awaitable<Result<void>> exchange(MessageCall& call) {
    Socket socket(co_await asio::this_coro::executor);
    const asio::local::stream_protocol::endpoint address(call.socket.string());
    const auto [error] = co_await socket.async_connect(address, asio::as_tuple(asio::use_awaitable));
    if (error) co_return fail(Code::unavailable, "Cannot connect.");
    auto request = std::move(call.request);
    if (!co_await write_message(socket, std::move(request))) co_return fail(Code::unavailable, "Broken off.");
    for (;;) {
        auto message = co_await read_message(socket);
        if (!message) co_return fail(Code::unavailable, "Broken off.");
        if (!co_await call.on_message(std::move(*message))) co_return Result<void>{};
    }
}

} // namespace

asio::awaitable<Result<void>> send_messages(MessageCall call) {
    if (call.socket.string().size() > 100)
        co_return fail(Code::unavailable, "The socket's path is too long.");
    if (call.deadline.count() == 0) co_return co_await exchange(call);
    auto answer = co_await with_deadline(exchange(call), call.deadline);
    if (!answer) co_return fail(Code::unavailable, "No answer in time.");
    co_return std::move(*answer);
}

} // namespace panel::net
