#pragma once
// What deployments need to know of this server: made once by App from the configuration. Plain data.

#include "services/caddy/proxy_control.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace panel::deployment {

// The longest that each part of a deployment may take (deadlines.hpp). What undoes is short: a cancel ends
// within ten seconds even when Docker hangs, and reconcile does the rest.
struct StepLimits {
    std::chrono::milliseconds clone{std::chrono::minutes{10}};
    std::chrono::milliseconds detect{std::chrono::minutes{1}};
    std::chrono::milliseconds build_wait{std::chrono::minutes{61}}; // for room, before a build begins
    std::chrono::milliseconds export_files{std::chrono::minutes{5}};
    std::chrono::milliseconds start{std::chrono::seconds{90}};
    std::chrono::milliseconds route{std::chrono::seconds{60}};
    std::chrono::milliseconds switch_over{std::chrono::seconds{10}};
    std::chrono::milliseconds stop{std::chrono::seconds{30}}; // beyond the drain limit
    std::chrono::milliseconds finish{std::chrono::seconds{30}};
    std::chrono::milliseconds prepare{std::chrono::seconds{30}};
    std::chrono::milliseconds cancel_build{std::chrono::seconds{2}};
    std::chrono::milliseconds undo_switch{std::chrono::seconds{2}};
    std::chrono::milliseconds remove_new{std::chrono::seconds{4}};
    std::chrono::milliseconds prune{std::chrono::minutes{1}};
    // On top of the limits of build, health check, request through Caddy and drain.
    std::chrono::milliseconds margin{std::chrono::seconds{15}};
    // What is left of a drain once its deployment is cancelled.
    std::chrono::milliseconds hurried_drain{std::chrono::seconds{4}};
    std::chrono::seconds hurried_stop{2};
};

struct Settings {
    std::string installation; // value of the label `vps-panel.data` on everything that is ours
    // Of containers, networks and images: differs between installations, so that several may share one
    // engine.
    std::string name_prefix = "vps-panel";
    std::string app_domain;            // default addresses are <name>.<app_domain>
    std::uint16_t app_port = 80;       // shown in addresses unless it is the scheme's own
    bool https = false;                // default addresses have automatic certificates
    std::int64_t app_memory_bytes = 0; // of a release whose project sets no limit; 0: none
    double app_cpus = 0;               // 0: none
    std::int64_t app_processes = 512;
    int cpu_count = 0; // of this machine: engines refuse a container more; 0: not known
    std::int64_t static_limit_bytes = std::int64_t{2} << 30; // of one site's files
    int concurrent_builds = 1;
    int concurrent_deployments = 8; // most of a deployment is waiting; what builds waits for its room
    int keep_releases = 10;
    std::chrono::minutes build_timeout{30};
    std::chrono::seconds health_timeout{120};
    std::chrono::seconds drain_timeout{30};
    std::chrono::milliseconds drain_quiet =
        caddy::drain_quiet_time;                     // without a request, before a slot is stopped
    std::chrono::milliseconds route_timeout{15'000}; // for the new release to answer through Caddy
    std::chrono::milliseconds claim_time{30'000}; // that a worker has a deployment for, unless it extends it
    std::chrono::milliseconds heartbeat_time{10'000}; // between two extensions
    StepLimits limits = {};
    std::string worker_name; // owner of claims: no two living processes share it, a restarted one keeps it
};

inline constexpr const char* label_installation = "vps-panel.data";
inline constexpr const char* label_project = "vps-panel.project";
inline constexpr const char* label_deployment = "vps-panel.deployment";

} // namespace panel::deployment
