#pragma once
// Listens on publish/subscribe channels over a connection of its own, and makes it again when it breaks or
// falls silent. What is published meanwhile is lost: that is how Redis' channels are. In a cluster any node
// will do. Owned by RedisQueue; spawn run() in a task group. Loop thread only.

#include "services/queue/redis/node.hpp"
#include "services/queue/redis/target.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <vector>

namespace panel::queue::redis {

class Subscription {
  public:
    using Listener = std::function<void(const std::string& channel, std::string payload)>;
    // `target` must outlive it. `alive` is how often a quiet connection is asked whether it still lives.
    Subscription(const Target& target, std::vector<std::string> channels, Listener listener, Timing timing,
                 std::chrono::milliseconds alive = std::chrono::seconds{5});

    boost::asio::awaitable<void> run(); // until cancelled
    [[nodiscard]] bool is_listening() const { return is_listening_; }

  private:
    boost::asio::awaitable<void> listen(const net::StreamTarget& address);
    boost::asio::awaitable<void> read_all(net::Stream& stream);
    boost::asio::awaitable<void> ask_alive(net::Stream& stream);
    void take(const Reply& reply);

    const Target& target_;
    std::vector<std::string> channels_;
    Listener listener_;
    Timing timing_;
    std::chrono::milliseconds alive_;
    bool is_listening_ = false;
    bool heard_ = false; // since the last question
};

} // namespace panel::queue::redis
