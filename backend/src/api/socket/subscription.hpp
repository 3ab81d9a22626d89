#pragma once
// One topic that a socket follows: the bell that events ring and the task that serves it waits for. Events
// only say that something changed; the task reads the record, so any number of them between two looks cost
// one look. Shared by the session's table and the task that serves it, because either may end first. Loop
// thread only.

#include "api/socket/topic.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace panel::api {

class Subscription {
  public:
    Subscription(boost::asio::any_io_executor executor, std::string subscribed_name, Topic subscribed_topic);

    void ring();
    // Returns when rung since the last wait began; the bell is then silent again.
    boost::asio::awaitable<void> wait();

    const std::string name;
    const Topic topic;
    std::set<std::int64_t> changed;           // deployments, for topics about more than one
    bool resync = false;                      // another process has written: any of them may have changed
    std::map<std::int64_t, std::size_t> told; // what was sent of each deployment last, as a hash
    std::uint64_t task_id = 0;
    bool ended = false; // unsubscribed or replaced: nothing more is sent

  private:
    boost::asio::steady_timer bell_;
    bool rung_ = false;
};

} // namespace panel::api
