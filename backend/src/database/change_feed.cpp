#include "database/change_feed.hpp"

#include "base/deadline.hpp"
#include "database/dialect.hpp"
#include "database/outage.hpp"
#include "database/postgres_listener.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace panel::database {
namespace {

constexpr std::chrono::milliseconds file_interval{50};
constexpr std::chrono::milliseconds quiet_time{25}; // between two calls
constexpr std::chrono::milliseconds connect_deadline{5'000};
constexpr std::chrono::milliseconds first_wait{100}; // before a reconnect; doubles up to the longest
constexpr std::chrono::milliseconds longest_wait{2'000};

// A task that is cancelled wakes from its sleep and must not go on.
asio::awaitable<bool> is_cancelled() {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

} // namespace

ChangeFeed::ChangeFeed(asio::any_io_executor loop, Database& database, std::function<void()> on_change)
    : database_(database),
      on_change_(std::move(on_change)),
      bell_(loop, asio::steady_timer::time_point::max()),
      tasks_(loop) {}

void ChangeFeed::start() {
    tasks_.spawn("change feed", announce());
    tasks_.spawn("change feed", database_.url().is_sqlite() ? watch_file() : watch_server());
}

asio::awaitable<void> ChangeFeed::stop(std::chrono::milliseconds patience) { co_await tasks_.stop(patience); }

void ChangeFeed::changed() {
    database_.note_foreign_change();
    changed_ = true;
    bell_.cancel();
}

asio::awaitable<void> ChangeFeed::announce() {
    while (!co_await is_cancelled()) {
        if (!changed_) {
            bell_.expires_at(asio::steady_timer::time_point::max());
            co_await bell_.async_wait(asio::as_tuple(asio::use_awaitable));
            continue;
        }
        changed_ = false;
        on_change_();
        co_await sleep_for(quiet_time);
    }
}

asio::awaitable<void> ChangeFeed::watch_file() {
    auto seen = co_await database_.foreign_commits();
    listening_ = true;
    while (!co_await is_cancelled()) {
        co_await sleep_for(file_interval);
        const auto now = co_await database_.foreign_commits();
        if (now != seen) changed();
        seen = now;
    }
}

asio::awaitable<void> ChangeFeed::watch_server() {
    auto wait = first_wait;
    bool is_again = false;
    while (!co_await is_cancelled()) {
        try {
            co_await listen(is_again);
        } catch (const Outage& outage) {
            if (listening_ || wait == first_wait) spdlog::warn("change feed: {}", outage.what());
        } catch (const boost::system::system_error& error) { // the socket, or we are stopping
            spdlog::debug("change feed: {}", error.what());
        }
        if (listening_) wait = first_wait;
        is_again = is_again || listening_;
        listening_ = false;
        co_await sleep_for(wait);
        wait = std::min(wait * 2, longest_wait);
    }
}

// Until the connection ends.
asio::awaitable<void> ChangeFeed::listen(bool is_again) {
    auto opening = PostgresListener::open(database_.url(), change_channel);
    auto listener = co_await with_deadline(std::move(opening), connect_deadline);
    if (!listener) throw Outage("the server does not answer in time");
    listening_ = true;
    if (is_again) {
        spdlog::info("change feed: connected again");
        changed();
    }
    while (true) {
        const auto instances = co_await (*listener)->next();
        const auto is_foreign = [this](const auto& instance) { return instance != database_.instance(); };
        if (std::ranges::any_of(instances, is_foreign)) changed();
    }
}

} // namespace panel::database
