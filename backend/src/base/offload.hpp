#pragma once
// Runs a blocking function on the pool (or a strand of it) and resumes the caller on its own executor (the
// loop). An exception of the function is rethrown to the caller. The function runs to its end even when the
// caller is cancelled. Call it on the loop thread.

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace panel {

namespace asio = boost::asio;

template <class Pool, class F> asio::awaitable<std::invoke_result_t<F&>> offload(Pool& pool, F function) {
    using Value = std::invoke_result_t<F&>;
    using Slot = std::conditional_t<std::is_void_v<Value>, bool, Value>;
    struct State {
        explicit State(F f) : function(std::move(f)) {}
        F function;
        std::optional<Slot> value;
        std::exception_ptr failure;
    };
    auto loop = co_await asio::this_coro::executor;
    auto state = std::make_shared<State>(std::move(function));
    auto initiate = [&pool, loop, state](auto handler) {
        asio::post(pool, [loop, state, handler = std::move(handler)]() mutable {
            try {
                if constexpr (std::is_void_v<Value>) {
                    state->function();
                    state->value.emplace(true);
                } else {
                    state->value.emplace(state->function());
                }
            } catch (...) {
                state->failure = std::current_exception();
            }
            asio::post(loop, [handler = std::move(handler)]() mutable { std::move(handler)(); });
        });
    };
    co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(std::move(initiate),
                                                                         asio::use_awaitable);
    if (state->failure) std::rethrow_exception(state->failure);
    if constexpr (!std::is_void_v<Value>) co_return std::move(*state->value);
}

} // namespace panel
