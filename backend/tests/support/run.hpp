#pragma once
// Runs one coroutine to its end on an io_context, at most `deadline`: what every test of asynchronous code
// starts with. The exception of the coroutine is rethrown; a coroutine that does not end in time is an
// exception too, and is destroyed with its io_context.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace panel::test {

namespace detail {

template <class T> struct Outcome {
    std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
    std::exception_ptr failure;
    bool ended = false;
};

template <class T>
boost::asio::awaitable<void> keep(boost::asio::awaitable<T> task, std::shared_ptr<Outcome<T>> outcome) {
    if constexpr (std::is_void_v<T>) {
        co_await std::move(task);
        outcome->value.emplace(true);
    } else {
        outcome->value.emplace(co_await std::move(task));
    }
}

} // namespace detail

// On an io_context of the caller, so that objects bound to it may outlive the call. Other work of the
// io_context runs meanwhile.
template <class T>
T run(boost::asio::io_context& loop, boost::asio::awaitable<T> task,
      std::chrono::milliseconds deadline = std::chrono::seconds{60}) {
    auto outcome = std::make_shared<detail::Outcome<T>>();
    boost::asio::co_spawn(loop, detail::keep(std::move(task), outcome),
                          [outcome](std::exception_ptr failure) {
                              outcome->failure = failure;
                              outcome->ended = true;
                          });
    const auto end = std::chrono::steady_clock::now() + deadline;
    loop.restart();
    while (!outcome->ended && loop.run_one_until(end) > 0) {
    }
    if (!outcome->ended) throw std::runtime_error("the coroutine did not end within its deadline");
    if (outcome->failure) std::rethrow_exception(outcome->failure);
    if constexpr (!std::is_void_v<T>) return std::move(*outcome->value);
}

template <class T>
T run(boost::asio::awaitable<T> task, std::chrono::milliseconds deadline = std::chrono::seconds{60}) {
    boost::asio::io_context loop(1);
    return run(loop, std::move(task), deadline);
}

} // namespace panel::test
