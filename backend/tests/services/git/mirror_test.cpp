#include "services/git/mirror.hpp"

#include "support/run.hpp"
#include "support/temp_directory.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <optional>

using namespace panel;
using namespace panel::git;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

// Removes the lock's file while another waits for it, then lets go.
asio::awaitable<void> forget_and_release(MirrorLock& held) {
    auto lock = std::move(held);
    lock.forget();
    co_return;
}

} // namespace

TEST_CASE("who waited for a lock whose file was removed holds one that others see") {
    asio::io_context loop;
    const test::TempDirectory directory;
    const auto mirror = directory.path() / "app.git";
    auto first = test::run(loop, MirrorLock::take(mirror, 100ms));
    REQUIRE(first);
    CHECK_FALSE(test::run(loop, MirrorLock::take(mirror, 10ms)));

    using namespace asio::experimental::awaitable_operators;
    auto second = test::run(loop, MirrorLock::take(mirror, 5s) && forget_and_release(*first));
    REQUIRE(second);
    const auto third = test::run(loop, MirrorLock::take(mirror, 10ms));
    REQUIRE_FALSE(third);
    CHECK(third.error().code == Code::unavailable);
}
