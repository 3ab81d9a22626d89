#pragma once
// Which master of a cluster holds which of the 16,384 slots (Redis Cluster specification, "Key distribution
// model"). Pure; loop thread only.

#include "services/queue/redis/reply.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel::queue::redis {

constexpr std::size_t slot_count = 16'384;

// CRC16 (XMODEM) of the key, or of what stands between its first '{' and the next '}', unless that is
// nothing.
[[nodiscard]] std::uint16_t slot_of(std::string_view key);

struct NodeName {
    std::string host; // "": the one that was asked
    std::uint16_t port = 0;
    friend bool operator==(const NodeName&, const NodeName&) = default;
};

// Where an answer "MOVED 3999 127.0.0.1:6381" or "ASK ..." sends us.
struct Redirection {
    bool is_ask = false;
    std::uint16_t slot = 0;
    NodeName node;
};
[[nodiscard]] std::optional<Redirection> redirection_in(std::string_view error);

class SlotMap {
  public:
    // Of CLUSTER SLOTS; false, and nothing has changed, when the answer is not one.
    bool take(const Reply& reply);
    void set(std::uint16_t slot, NodeName node);
    // None: not known.
    [[nodiscard]] const NodeName* find(std::uint16_t slot) const;

  private:
    std::vector<NodeName> nodes_;
    std::array<std::uint16_t, slot_count> owner_{}; // index in nodes_ plus one; 0: not known
};

} // namespace panel::queue::redis
