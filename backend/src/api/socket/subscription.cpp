#include "api/socket/subscription.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace panel::api {

namespace asio = boost::asio;

Subscription::Subscription(asio::any_io_executor executor, std::string subscribed_name,
                           Topic subscribed_topic)
    : name(std::move(subscribed_name)),
      topic(subscribed_topic),
      bell_(executor, asio::steady_timer::time_point::max()) {}

void Subscription::ring() {
    rung_ = true;
    bell_.cancel();
}

asio::awaitable<void> Subscription::wait() {
    while (!rung_ && !ended) co_await bell_.async_wait(asio::as_tuple(asio::use_awaitable));
    rung_ = false;
}

} // namespace panel::api
