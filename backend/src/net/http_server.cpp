#include "net/http_server.hpp"

#include "base/deadline.hpp"
#include "base/task_group.hpp"
#include "net/http_connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace panel::net {

namespace {

using asio::ip::tcp;

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds longest_sweep{500};
constexpr std::chrono::milliseconds accept_pause{100};  // when the process is out of descriptors
constexpr std::chrono::milliseconds cancel_time{2'000}; // for what was cancelled to end

asio::awaitable<void> serve(std::shared_ptr<HttpServerState> state, tcp::socket socket) {
    HttpConnection connection(*state, std::move(socket));
    co_await connection.run();
}

asio::awaitable<void> accept(std::shared_ptr<HttpServerState> state, std::shared_ptr<tcp::acceptor> acceptor,
                             TaskGroup& tasks) {
    while (acceptor->is_open()) {
        auto [error, socket] = co_await acceptor->async_accept(tuple);
        if (!error && state->connections.size() < state->limits.connections) {
            tasks.spawn("http connection", serve(state, std::move(socket)));
        } else if (error == asio::error::no_descriptors || error == asio::error::no_memory) {
            spdlog::warn("cannot accept a connection: {}", error.message());
            co_await sleep_for(accept_pause);
        }
    }
}

// A quarter of the shortest limit keeps every deadline within a quarter of what it says.
std::chrono::milliseconds sweep_time(const HttpServerLimits& limits) {
    const auto shortest =
        std::min({limits.header_time, limits.body_time, limits.write_time, limits.idle_time});
    return std::clamp(shortest / 4, std::chrono::milliseconds{5}, longest_sweep);
}

asio::awaitable<void> sweep(std::shared_ptr<HttpServerState> state) {
    const auto pause = sweep_time(state->limits);
    for (;;) {
        co_await sleep_for(pause);
        const auto now = std::chrono::steady_clock::now();
        for (auto* connection : state->connections) connection->expire_if_late(now);
    }
}

} // namespace

struct HttpServer::Impl {
    Impl(const asio::any_io_executor& e, HttpServerLimits limits, Handler handler)
        : executor(e), state(std::make_shared<HttpServerState>(e, limits, std::move(handler))), tasks(e) {}
    void close_acceptors() {
        boost::system::error_code ignored;
        for (const auto& acceptor : acceptors) acceptor->close(ignored);
    }

    asio::any_io_executor executor;
    std::shared_ptr<HttpServerState> state;
    std::vector<std::shared_ptr<tcp::acceptor>> acceptors; // shared with the coroutines that accept
    std::uint16_t port = 0;
    TaskGroup tasks;
};

HttpServer::HttpServer(asio::any_io_executor executor, HttpServerLimits limits, Handler handler)
    : impl_(std::make_unique<Impl>(executor, limits, std::move(handler))) {}

HttpServer::~HttpServer() {
    impl_->close_acceptors();
    impl_->tasks.cancel_all();
}

Result<void> HttpServer::listen(const std::string& address, std::uint16_t port) {
    boost::system::error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    if (error) return fail(Code::invalid, "The address to listen on is not a numeric one.");
    const tcp::endpoint endpoint(parsed, port);
    auto acceptor = std::make_shared<tcp::acceptor>(impl_->executor);
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        spdlog::error("cannot listen on {} port {}: {}", address, port, error.message());
        return fail(Code::unavailable, "The address to listen on is taken or not this machine's.");
    }
    if (impl_->acceptors.empty()) {
        impl_->port = acceptor->local_endpoint().port();
        impl_->tasks.spawn("http sweep", sweep(impl_->state));
    }
    impl_->acceptors.push_back(acceptor);
    impl_->tasks.spawn("http accept", accept(impl_->state, acceptor, impl_->tasks));
    return {};
}

std::uint16_t HttpServer::port() const { return impl_->port; }

std::size_t HttpServer::connections() const { return impl_->state->connections.size(); }

asio::awaitable<void> HttpServer::stop(std::chrono::milliseconds patience) {
    auto& state = *impl_->state;
    state.stopping = true;
    impl_->close_acceptors();
    for (auto* connection : state.connections) connection->stop();
    if (!state.connections.empty()) {
        state.all_closed.expires_after(patience);
        co_await state.all_closed.async_wait(tuple);
    }
    if (!co_await impl_->tasks.stop(cancel_time)) spdlog::warn("some connections did not end in time");
}

} // namespace panel::net
