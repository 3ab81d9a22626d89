#pragma once
// The checked configuration of the server: flags win over VPS_PANEL_* variables, those over the file named by
// --config. Parsing names every mistake at once, in plain sentences, and starts nothing. Read once at start;
// plain data.

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace panel::config {

// host:port of a TCP address, or the path of a unix socket (written "unix:/path").
struct Address {
    std::string socket_path;
    std::string host;
    std::uint16_t port = 0;
};

// all: one process does everything. web: HTTP, without Docker. worker: Docker and the queue, without a TCP
// port.
enum class ServeRole { all, web, worker };

struct Config {
    ServeRole role = ServeRole::all;       // --role
    std::filesystem::path data_directory;  // --data: everything the panel keeps; required
    Address listen{"", "127.0.0.1", 8080}; // --listen: the API; loopback, Caddy stands before it
    std::string public_url =
        "http://localhost:8088";          // --public-url: the panel's own address, without a trailing '/'
    std::string app_domain = "localhost"; // --app-domain: default addresses are <name>.<app domain>
    std::uint16_t app_port = 8088;        // --app-port: Caddy's port for plain http, shown in addresses
    bool https = false;                   // --https: default addresses have automatic certificates
    Address caddy_admin{"", "127.0.0.1", 2019}; // --caddy-admin
    std::filesystem::path caddyfile;            // --caddyfile: the main one; default <data>/caddy/Caddyfile
    std::filesystem::path site_files_directory; // --sites-dir: <id>.caddy; default <data>/caddy/sites
    std::filesystem::path slots_directory;      // --slots-dir: marker files; default <data>/caddy/slots
    std::filesystem::path static_directory;     // --static-dir: files of static sites; default <data>/sites
    std::filesystem::path log_directory;        // --log-dir: access logs of sites; default <data>/log/sites
    std::filesystem::path docker_socket = "/var/run/docker.sock"; // --docker-socket
    std::string database_url;      // --database: see database_url.hpp; default sqlite://<data>/panel.db
    std::string redis_url;         // --redis; empty: the queue is in the database
    std::string private_git_hosts; // --private-git-hosts: see git::parse_private_hosts
    std::uint16_t first_app_port = 21'000; // --app-ports 21000-29999: loopback ports of apps
    std::uint16_t last_app_port = 29'999;
    std::uint16_t probe_port =
        0; // --probe-port: with --https, Caddy's loopback port for our own checks; default 8090
    int concurrent_builds = 1;                               // --concurrent-builds
    std::chrono::minutes build_timeout{30};                  // --build-timeout 30m
    std::chrono::seconds health_timeout{120};                // --health-timeout 120s
    std::chrono::seconds drain_timeout{30};                  // --drain-timeout 30s
    int keep_releases = 10;                                  // --keep-releases: of each project, for rollback
    std::int64_t app_memory_bytes = std::int64_t{512} << 20; // --app-memory 512M; 0: no limit
    double app_cpus = 0;                                     // --app-cpus 0.5: processors; 0: no limit
    int app_processes = 512;                                 // --app-processes: with threads
    // --build-memory 1536M, of all builds together; 0: no limit; nothing: a share of the machine's memory.
    std::optional<std::int64_t> build_memory_bytes;
    double build_cpus = 0;                // --build-cpus 1.5: processors of all builds together; 0: no limit
    std::string engine_cgroup = "docker"; // --engine-cgroup: what the engine was given as --cgroup-parent
    int build_processes = 4096;           // --build-processes: of all builds together, with threads
    std::int64_t disk_reserve_bytes = std::int64_t{256}
                                      << 20; // --disk-reserve: held back for the panel; 0: none
    std::int64_t build_space_bytes = std::int64_t{1} << 30; // --build-space: free before a deployment begins
    // What may be kept on the disk of each kind; nothing: a share of the disk (disk_settings.hpp); 0 bytes:
    // as little as the rules allow.
    std::optional<std::int64_t> image_budget_bytes;      // --image-budget
    std::optional<std::int64_t> cache_budget_bytes;      // --cache-budget, of builds; only with own_engine
    std::optional<std::int64_t> static_budget_bytes;     // --static-budget
    std::optional<std::int64_t> repository_budget_bytes; // --repository-budget
    std::optional<std::int64_t> log_budget_bytes;        // --log-budget, of builds and visitors
    bool own_engine = false; // --own-engine: nothing else builds with it, its build cache may be pruned
    std::vector<std::string> trusted_proxies{"127.0.0.1",
                                             "::1"}; // --trusted-proxies: peers whose X-Forwarded-For counts
    int password_cost = 12;                          // bcrypt; lower only in tests (VPS_PANEL_PASSWORD_COST)
};

using Environment = std::map<std::string, std::string>;

// `arguments` are those after "serve". Errors: invalid, the message one line for each mistake, each also a
// FieldError whose field is the flag; cancelled, when help was asked for: the message is it.
[[nodiscard]] Result<Config> parse_serve(const std::vector<std::string>& arguments,
                                         const Environment& environment);

// What `vps-panel serve --help` prints.
[[nodiscard]] std::string serve_help();

} // namespace panel::config
