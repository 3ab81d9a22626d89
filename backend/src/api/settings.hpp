#pragma once
// What the API needs to know of the configuration. Plain data.

#include "models/project.hpp"

#include <string>
#include <vector>

namespace panel::api {

struct ApiSettings {
    std::string public_url; // "https://panel.example.com" or "http://localhost:8088", without a trailing '/':
                            // the one allowed Origin
    bool cookie_secure = false; // https: the access cookie is __Host-panel_access, else panel_access
    std::string version;        // "0.1.0"
    // Peers whose X-Forwarded-For and X-Request-Id are believed: Caddy. "unix" stands for any unix socket.
    std::vector<std::string> trusted_proxies = {"127.0.0.1", "::1", "unix"};
    ProjectLimits app_limits;                  // of a release whose project sets none; nothing: no limit
    ProjectLimits build_limits;                // of all builds together
    int build_slots = 1;                       // builds at once
    std::size_t cache_bytes = 4 * 1024 * 1024; // of serialised answers
};

} // namespace panel::api
