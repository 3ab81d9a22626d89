#include "services/auth/work_gate.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iterator>

namespace panel::auth {

namespace asio = boost::asio;

asio::awaitable<std::optional<WorkGate::Pass>> WorkGate::enter() {
    if (free_ > 0) {
        --free_;
        co_return Pass(*this);
    }
    if (waiting_.size() >= longest_queue_) co_return std::nullopt;
    auto executor = co_await asio::this_coro::executor;
    waiting_.push_back({asio::steady_timer(executor, asio::steady_timer::time_point::max())});
    const auto waiter = std::prev(waiting_.end());
    co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    const bool admitted = waiter->admitted;
    waiting_.erase(waiter);
    if (!admitted) co_return std::nullopt;
    co_return Pass(*this);
}

// The slot goes straight to the one who waits longest: nobody who comes later can take it in between.
void WorkGate::leave() {
    for (auto& waiter : waiting_) {
        if (waiter.admitted) continue;
        waiter.admitted = true;
        waiter.timer.cancel();
        return;
    }
    ++free_;
}

} // namespace panel::auth
