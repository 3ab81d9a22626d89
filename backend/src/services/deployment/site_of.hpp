#pragma once
// A project's names: where it answers, and what its containers, networks and images are called. Pure.

#include "base/result.hpp"
#include "models/domain.hpp"
#include "models/project.hpp"
#include "services/caddy/proxy_control.hpp"
#include "services/caddy/slot_markers.hpp"
#include "services/deployment/settings.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace panel::deployment {

// The default domain and the project's own ones; the primary first.
[[nodiscard]] Result<caddy::Site> site_of(const Project& project, const std::vector<Domain>& domains,
                                          const Settings& settings);
// "http://web.localhost:8088": the primary domain's address.
[[nodiscard]] std::string url_of(const Project& project, const std::vector<Domain>& domains,
                                 const Settings& settings);
[[nodiscard]] std::string default_domain(const Project& project, const Settings& settings);

[[nodiscard]] std::string container_name(std::int64_t project_id, caddy::Slot slot); // "vps-panel-p3-green"
[[nodiscard]] std::string network_name(std::int64_t project_id);                     // "vps-panel-p3"
[[nodiscard]] std::string image_tag(std::int64_t project_id, std::int64_t deployment_id);
[[nodiscard]] std::uint16_t slot_port(const Project& project, caddy::Slot slot);
[[nodiscard]] caddy::Slot parse_slot(std::string_view text); // "blue" -> blue; none for anything unknown
[[nodiscard]] inline bool is_container(caddy::Slot slot) {
    return slot == caddy::Slot::blue || slot == caddy::Slot::green;
}

} // namespace panel::deployment
