#pragma once
// The WebSockets that are open: so that no user holds too many, and a logout closes its own at once. Owned by
// Api. Loop thread only.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace panel::api {

class SocketRegistry {
  public:
    static constexpr std::size_t most_per_user = 20;

    // Keeps one socket registered while it lives.
    class Entry {
      public:
        Entry(SocketRegistry& registry, std::int64_t user_id, std::string session_id,
              std::function<void()> close);
        ~Entry();
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

      private:
        SocketRegistry& registry_;
        std::uint64_t id_;
    };

    [[nodiscard]] bool has_room(std::int64_t user_id) const;
    void close_session(std::string_view session_id);
    [[nodiscard]] std::size_t size() const { return sockets_.size(); }

  private:
    struct Socket {
        std::int64_t user_id = 0;
        std::string session_id;
        std::function<void()> close; // only asks the socket to close: nothing is removed during the call
    };
    std::map<std::uint64_t, Socket> sockets_;
    std::uint64_t next_id_ = 1;
};

} // namespace panel::api
