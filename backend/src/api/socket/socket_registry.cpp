#include "api/socket/socket_registry.hpp"

#include <algorithm>
#include <utility>

namespace panel::api {

SocketRegistry::Entry::Entry(SocketRegistry& registry, std::int64_t user_id, std::string session_id,
                             std::function<void()> close)
    : registry_(registry), id_(registry.next_id_++) {
    registry_.sockets_.emplace(id_, Socket{user_id, std::move(session_id), std::move(close)});
}

SocketRegistry::Entry::~Entry() { registry_.sockets_.erase(id_); }

bool SocketRegistry::has_room(std::int64_t user_id) const {
    const auto open =
        std::ranges::count_if(sockets_, [&](const auto& entry) { return entry.second.user_id == user_id; });
    return static_cast<std::size_t>(open) < most_per_user;
}

void SocketRegistry::close_session(std::string_view session_id) {
    for (const auto& [id, socket] : sockets_)
        if (socket.session_id == session_id) socket.close();
}

} // namespace panel::api
