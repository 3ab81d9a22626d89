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

// Names in the engine begin with Settings::name_prefix: two panels may share one engine.
[[nodiscard]] std::string container_name(const Settings& settings, std::int64_t project_id,
                                         caddy::Slot slot); // "vps-panel-1f0c2a-p3-green"
[[nodiscard]] std::string export_name(const Settings& settings, std::int64_t project_id);
[[nodiscard]] std::string network_name(const Settings& settings, std::int64_t project_id);
[[nodiscard]] std::string image_tag(const Settings& settings, std::int64_t project_id,
                                    std::int64_t deployment_id); // "vps-panel-1f0c2a/p3:d12"
[[nodiscard]] std::uint16_t slot_port(const Project& project, caddy::Slot slot);
[[nodiscard]] caddy::Slot parse_slot(std::string_view text); // "blue" -> blue; none for anything unknown
// Where the next container goes when `live` is what visitors get.
[[nodiscard]] inline caddy::Slot idle_slot(caddy::Slot live) {
    return live == caddy::Slot::blue ? caddy::Slot::green : caddy::Slot::blue;
}
[[nodiscard]] inline bool is_container(caddy::Slot slot) {
    return slot == caddy::Slot::blue || slot == caddy::Slot::green;
}

} // namespace panel::deployment
