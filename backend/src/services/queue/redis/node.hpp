#pragma once
// One Redis server: keeps a connection to it, and makes it again with a growing pause when it breaks. Owned
// by Redis. Calls wait for a connection that is being made; once an attempt has failed they fail at once
// until there is one again, so that callers are not held up by a Redis that is away. Loop thread only.

#include "base/task_group.hpp"
#include "services/queue/redis/connection.hpp"
#include "services/queue/redis/target.hpp"

#include <boost/asio/steady_timer.hpp>

#include <string>
#include <vector>

namespace panel::queue::redis {

struct Timing {
    std::chrono::milliseconds connect{5'000};  // for connecting and signing in, each
    std::chrono::milliseconds answer{3'000};   // for the answer to a call
    std::chrono::milliseconds first_pause{50}; // after a failed connection; doubles up to
    std::chrono::milliseconds longest_pause{2'000};
};

class Node {
  public:
    // `target` must outlive the node; `address` is one of it, or one that the cluster named.
    Node(boost::asio::any_io_executor executor, const Target& target, net::StreamTarget address,
         Timing timing);

    // Redis' errors are answers here. With `asking`, ASKING is sent before it. Errors: all but `refused`.
    boost::asio::awaitable<CallResult> call(std::vector<std::string> words, bool asking = false);
    boost::asio::awaitable<void> stop();

    [[nodiscard]] const net::StreamTarget& address() const { return address_; }

  private:
    boost::asio::awaitable<void> stay_connected();
    boost::asio::awaitable<bool> connect_once();

    boost::asio::any_io_executor executor_;
    const Target& target_;
    net::StreamTarget address_;
    Timing timing_;
    std::shared_ptr<Connection> connection_; // shared with calls that wait while it ends
    boost::asio::steady_timer attempt_ended_;
    std::string last_failure_; // "" while the first attempt is under way, or connected
    bool started_ = false;
    bool stopping_ = false;
    TaskGroup tasks_;
};

} // namespace panel::queue::redis
