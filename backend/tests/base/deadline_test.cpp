#include "base/deadline.hpp"
#include "support/run.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace panel;

namespace {

asio::awaitable<std::string> quick() { co_return "done"; }
asio::awaitable<std::string> failing() {
    co_await sleep_for(std::chrono::milliseconds{1});
    throw std::runtime_error("broken");
}
asio::awaitable<void> endless(bool& cancelled) {
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    cancelled = error == asio::error::operation_aborted;
}

} // namespace

TEST_CASE("an operation that ends in time gives its value") {
    CHECK(test::run(with_deadline(quick(), std::chrono::hours{1})) == "done");
}

TEST_CASE("an exception comes through at once, not as a deadline") {
    CHECK_THROWS_WITH_AS(test::run(with_deadline(failing(), std::chrono::hours{1})), "broken",
                         std::runtime_error);
}

TEST_CASE("when the deadline passes the operation is cancelled and has ended") {
    bool cancelled = false;
    CHECK_FALSE(test::run(with_deadline(endless(cancelled), std::chrono::milliseconds{5})));
    CHECK(cancelled);
}
