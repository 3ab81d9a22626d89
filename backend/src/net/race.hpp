#pragma once
// Runs coroutines side by side until the first of them returns; the others are then cancelled and have ended.
// An exception counts as returning and is rethrown: the plain `||` of Asio waits for a success instead, so
// that a failure would be seen only when the timer beside it fires. Loop thread only. Not for use outside
// net/.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <utility>

namespace panel::net {

// Keeps what the operation throws in `failure`.
inline boost::asio::awaitable<void> guarded(boost::asio::awaitable<void> operation,
                                            std::exception_ptr& failure) {
    try {
        co_await std::move(operation);
    } catch (...) {
        failure = std::current_exception();
    }
}

// For `co_await boost::asio::this_coro::cancellation_state`, the one await that does not itself throw in a
// cancelled coroutine.
inline bool is_cancelled(const boost::asio::cancellation_state& state) {
    return state.cancelled() != boost::asio::cancellation_type::none;
}

// Index of the one that ended first. When the caller was cancelled it does not throw: ask is_cancelled().
inline boost::asio::awaitable<std::size_t> race(boost::asio::awaitable<void> first,
                                                boost::asio::awaitable<void> second) {
    using namespace boost::asio::experimental::awaitable_operators;
    std::exception_ptr failures[2];
    auto one = guarded(std::move(first), failures[0]);
    auto two = guarded(std::move(second), failures[1]);
    auto both = std::move(one) || std::move(two);
    const auto outcome = co_await std::move(both);
    const auto& failure = failures[outcome.index()];
    if (failure && !is_cancelled(co_await boost::asio::this_coro::cancellation_state))
        std::rethrow_exception(failure);
    co_return outcome.index();
}

} // namespace panel::net
