#pragma once
// Wakes the ringer of this process when a deployment was committed or has ended. A lost ring costs only the
// wait: what is to be done is found in the database. Owned by App. Loop thread only.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <utility>

namespace panel::deployment {

class JobBell {
  public:
    explicit JobBell(boost::asio::any_io_executor executor) : timer_(executor) {}

    void ring() {
        rung_ = true;
        timer_.cancel();
    }

    // Returns when rung (also when that was before the call), at the latest after `longest`. One waiter.
    boost::asio::awaitable<void> wait(std::chrono::milliseconds longest) {
        if (!rung_) {
            timer_.expires_after(longest);
            co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        }
        rung_ = false;
    }

  private:
    boost::asio::steady_timer timer_;
    bool rung_ = false;
};

} // namespace panel::deployment
