#pragma once
// Bounds an awaitable in time: nullopt (false for void) when the deadline came first; the operation is then cancelled and has
// ended. Loop thread only.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <optional>
#include <utility>
#include <variant>

namespace panel {

namespace asio = boost::asio;

inline asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

template <class T> asio::awaitable<std::optional<T>> with_deadline(asio::awaitable<T> operation, std::chrono::milliseconds duration) {
    using namespace asio::experimental::awaitable_operators;
    auto outcome = co_await (std::move(operation) || sleep_for(duration));
    if (outcome.index() == 1) co_return std::nullopt;
    co_return std::move(std::get<0>(outcome));
}

inline asio::awaitable<bool> with_deadline(asio::awaitable<void> operation, std::chrono::milliseconds duration) {
    using namespace asio::experimental::awaitable_operators;
    auto outcome = co_await (std::move(operation) || sleep_for(duration));
    co_return outcome.index() == 0;
}

} // namespace panel
