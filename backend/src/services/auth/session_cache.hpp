#pragma once
// Sessions that the database confirmed in the last five seconds, so that a request costs no query. What this
// process revokes is dropped at once; what another one revokes, after at most five seconds. Loop thread only.

#include "base/clock.hpp"
#include "models/user.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace panel::auth {

class SessionCache {
  public:
    static constexpr std::chrono::seconds lifetime{5};

    struct Entry {
        Principal principal;
        std::int64_t version = 0; // of the user's rights
        Timestamp expires_at;     // of the session
        Timestamp checked_at;
    };

    [[nodiscard]] const Entry* find(const std::string& session_id, Timestamp now) const;
    // `epoch` as read before the query: an entry that was dropped meanwhile must not come back.
    void put(Entry entry, std::uint64_t epoch);
    void drop(const std::string& session_id);
    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    std::unordered_map<std::string, Entry> entries_;
    std::uint64_t epoch_ = 0; // grows with each drop
};

} // namespace panel::auth
