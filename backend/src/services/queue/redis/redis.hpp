#pragma once
// Calls to Redis, be it one server or a cluster: finds the node by the key, follows MOVED and ASK, sends a
// script's text where the server does not know it yet. Owned by RedisQueue. It never repeats a call that may
// have run. Loop thread only.

#include "services/queue/redis/node.hpp"
#include "services/queue/redis/script.hpp"
#include "services/queue/redis/slots.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace panel::queue::redis {

class Redis {
  public:
    Redis(boost::asio::any_io_executor executor, Target target, Timing timing = {});

    // `key` decides the node; it must be among the words when the command has keys.
    boost::asio::awaitable<CallResult> call(std::string key, std::vector<std::string> words);
    // The keys must share a slot. `script` must outlive the call.
    boost::asio::awaitable<CallResult> run(const Script& script, std::vector<std::string> keys,
                                           std::vector<std::string> arguments);
    // Ends all connections; calls fail from then on.
    boost::asio::awaitable<void> stop();

    [[nodiscard]] const Target& target() const { return target_; }

  private:
    boost::asio::awaitable<CallResult> call_in_cluster(std::uint16_t slot, std::vector<std::string> words);
    boost::asio::awaitable<CallResult> learn_slots();
    Node& node_at(const net::StreamTarget& address);
    net::StreamTarget address_of(const NodeName& name, const Node& asked) const;

    boost::asio::any_io_executor executor_;
    const Target target_;
    Timing timing_;
    std::map<std::string, std::unique_ptr<Node>> nodes_; // by name_of(address)
    SlotMap slots_;
    bool slots_known_ = false;
    bool stopped_ = false;
};

} // namespace panel::queue::redis
