#pragma once
// Bounds an awaitable in time: nullopt (false for void) when the deadline came first; the operation is then
// cancelled and has ended. An exception of the operation is rethrown at once. Loop thread only.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

namespace panel {

namespace asio = boost::asio;

inline asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

namespace detail {

template <class T> struct Guarded {
    std::optional<T> value;
    std::exception_ptr failure;
};

// The operators wait for a success: an exception must look like one, or it would be noticed only when the
// timer fires.
template <class T> asio::awaitable<Guarded<T>> guarded(asio::awaitable<T> operation) {
    Guarded<T> outcome;
    try {
        outcome.value.emplace(co_await std::move(operation));
    } catch (...) {
        outcome.failure = std::current_exception();
    }
    co_return outcome;
}

inline asio::awaitable<bool> as_value(asio::awaitable<void> operation) {
    co_await std::move(operation);
    co_return true;
}

} // namespace detail

template <class T>
asio::awaitable<std::optional<T>> with_deadline(asio::awaitable<T> operation,
                                                std::chrono::milliseconds duration) {
    using namespace asio::experimental::awaitable_operators;
    auto outcome = co_await (detail::guarded(std::move(operation)) || sleep_for(duration));
    if (outcome.index() == 1) co_return std::nullopt;
    auto& guarded = std::get<0>(outcome);
    if (guarded.failure) std::rethrow_exception(guarded.failure);
    co_return std::move(guarded.value);
}

inline asio::awaitable<bool> with_deadline(asio::awaitable<void> operation,
                                           std::chrono::milliseconds duration) {
    auto ended = co_await with_deadline(detail::as_value(std::move(operation)), duration);
    co_return ended.has_value();
}

} // namespace panel
