#include "service_settings.hpp"

#include "crypto/digest.hpp"
#include "services/server/server_status.hpp"

#include <boost/url/parse.hpp>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace panel {

namespace {

template <class T> T require(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
}

// In the words of the API, where nothing means no limit.
ProjectLimits limits_told(std::int64_t memory_bytes, double cpus, std::int64_t processes) {
    ProjectLimits limits;
    if (memory_bytes > 0) limits.memory_mb = memory_bytes >> 20;
    if (cpus > 0) limits.cpus = cpus;
    if (processes > 0) limits.processes = processes;
    return limits;
}

} // namespace

deployment::Settings deployment_settings(const config::Config& config, const server::InstanceLock& lock) {
    deployment::Settings settings;
    settings.installation = std::filesystem::canonical(config.data_directory).string();
    // Several panels may share one engine, for example a live one and the one that the tests start.
    settings.name_prefix = "vps-panel-" + crypto::sha256_hex(settings.installation).substr(0, 6);
    settings.app_domain = config.app_domain;
    settings.app_port = config.app_port;
    settings.https = config.https;
    settings.app_memory_bytes = config.app_memory_bytes;
    settings.app_cpus = config.app_cpus;
    settings.app_processes = config.app_processes;
    settings.cpu_count = static_cast<int>(std::thread::hardware_concurrency());
    settings.concurrent_builds = config.concurrent_builds;
    settings.keep_releases = config.keep_releases;
    settings.build_timeout = config.build_timeout;
    settings.health_timeout = config.health_timeout;
    settings.drain_timeout = config.drain_timeout;
    settings.worker_name = lock.owner_name(settings.name_prefix);
    return settings;
}

deployment::RoomSettings room_settings(const config::Config& config) {
    deployment::RoomSettings settings;
    settings.concurrent_builds = config.concurrent_builds;
    // Well before a deployment could begin, and before the reserve is needed.
    settings.least_disk_bytes = std::min(config.build_space_bytes / 4, config.disk_reserve_bytes);
    return settings;
}

server::DiskSettings disk_settings(const config::Config& config) {
    server::DiskSettings settings;
    settings.data_directory = config.data_directory;
    settings.static_directory = config.static_directory;
    settings.log_directory = config.log_directory;
    settings.installation = std::filesystem::canonical(config.data_directory).string();
    settings.budgets = {.images = config.image_budget_bytes,
                        .build_cache = config.cache_budget_bytes,
                        .static_files = config.static_budget_bytes,
                        .repositories = config.repository_budget_bytes,
                        .logs = config.log_budget_bytes};
    settings.reserve_bytes = config.disk_reserve_bytes;
    settings.build_bytes = config.build_space_bytes;
    settings.own_engine = config.own_engine;
    return settings;
}

docker::BuildLimits build_limits(const config::Config& config) {
    docker::BuildLimits limits;
    const auto memory = server::read_memory();
    limits.memory_bytes = config.build_memory_bytes.value_or(
        memory ? deployment::default_build_memory(memory->total_bytes) : 0);
    limits.cpus = config.build_cpus;
    limits.processes = config.build_processes;
    return limits;
}

caddy::CaddySettings caddy_settings(const config::Config& config, const crypto::KeyFiles& keys) {
    caddy::SitePaths::Values paths;
    paths.slots_directory = std::filesystem::canonical(config.slots_directory);
    paths.static_directory = std::filesystem::canonical(config.static_directory);
    paths.log_directory = std::filesystem::canonical(config.log_directory);
    paths.app_port = config.app_port;
    paths.probe_port = config.https ? config.probe_port : std::uint16_t{0};
    // The same at every start, so that site files do not change; tells nothing of the key.
    paths.probe_token = crypto::sha256_hex("caddy probe " + keys.tokens.reveal()).substr(0, 32);
    return {.admin = {config.caddy_admin.socket_path, config.caddy_admin.host, config.caddy_admin.port},
            .caddyfile = config.caddyfile,
            .site_files_directory = config.site_files_directory,
            .site_paths = require(caddy::SitePaths::make(std::move(paths)))};
}

git::GitPolicy git_policy(const config::Config& config) {
    git::GitPolicy policy;
    policy.private_hosts = require(git::parse_private_hosts(config.private_git_hosts));
    return policy;
}

project::ProjectSettings project_settings(const config::Config& config) {
    const auto url = boost::urls::parse_uri(config.public_url);
    project::ProjectSettings settings;
    if (url) settings.panel_host = url->host();
    settings.first_app_port = config.first_app_port;
    settings.last_app_port = config.last_app_port;
    return settings;
}

api::ApiSettings api_settings(const config::Config& config) {
    api::ApiSettings settings;
    settings.public_url = config.public_url;
    settings.cookie_secure = config.public_url.starts_with("https://");
    settings.version = PANEL_VERSION;
    settings.trusted_proxies = config.trusted_proxies;
    const auto builds = build_limits(config);
    settings.app_limits = limits_told(config.app_memory_bytes, config.app_cpus, config.app_processes);
    settings.build_limits = limits_told(builds.memory_bytes, builds.cpus, builds.processes);
    settings.build_slots = config.concurrent_builds;
    return settings;
}

queue::redis::Target redis_target(const config::Config& config) {
    return require(queue::redis::parse_target(config.redis_url));
}

} // namespace panel
