#include "services/deployment/deployment_events.hpp"

#include <utility>
#include <vector>

namespace panel::deployment {

std::uint64_t DeploymentEvents::subscribe(Listener listener) {
    const auto id = next_id_++;
    listeners_.emplace(id, std::move(listener));
    return id;
}

void DeploymentEvents::unsubscribe(std::uint64_t id) { listeners_.erase(id); }

void DeploymentEvents::publish(const Event& event) {
    std::vector<std::uint64_t> ids; // a listener may unsubscribe itself or others
    ids.reserve(listeners_.size());
    for (const auto& [id, listener] : listeners_) ids.push_back(id);
    for (const auto id : ids) {
        const auto found = listeners_.find(id);
        if (found == listeners_.end()) continue;
        const auto listener = found->second; // stays alive when it unsubscribes itself
        listener(event);
    }
}

} // namespace panel::deployment
