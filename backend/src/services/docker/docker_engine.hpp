#pragma once
// The port to a Docker engine (Docker Engine API v1.41 and newer), implemented by EngineClient over the unix
// socket and by a recording fake in tests. Owned by App, used by the deployment use case. Loop thread only;
// every call has a deadline. Errors: unavailable (engine not running, hangs, broken off), not_found,
// conflict, internal (the engine's own sentence).

#include "base/result.hpp"
#include "net/http_client.hpp"
#include "services/docker/container_spec.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel::docker {

struct EngineVersion {
    std::string version;     // "20.10.24"
    std::string api_version; // "1.41"
};

struct EngineInfo {
    std::string cgroup_driver; // "cgroupfs", "systemd"
    int cgroup_version = 1;
    std::string root_directory; // where it keeps images and containers: "/var/lib/docker"
    std::string kernel_version; // of the machine that it runs on
    std::int64_t memory_bytes = 0;
};

struct BuildRequest {
    std::string tag;        // "vps-panel/p3:d12"
    std::string dockerfile; // path inside the context: "panel/Dockerfile"
    std::string target;     // stage to stop at, "" for the last
    std::string build_id;   // unique; cancel_build() takes it
    std::map<std::string, std::string> build_arguments;
    std::map<std::string, std::string> labels;
    bool no_cache = false;
    std::chrono::milliseconds deadline{std::chrono::minutes{30}};
};

struct BuildOutcome {
    bool succeeded = false;
    std::string image_id;         // "sha256:..." when it succeeded
    std::string error;            // BuildKit's sentence when it failed
    std::string failed_step;      // "RUN npm run build"
    std::optional<int> exit_code; // of the failed step
};

// Readable build log text, whole lines each ended by '\n'; carriage returns and ANSI colours of tools are
// passed through.
using LogSink = std::function<boost::asio::awaitable<void>(std::string)>;

struct ContainerState {
    std::string id;
    std::string name;
    bool running = false;
    int exit_code = 0;
    bool out_of_memory = false;
    std::string started_at;
    int restart_count = 0;
    std::map<std::string, std::string> labels;
    std::string image_id;
    std::vector<std::string> networks; // names of those that it is connected to
};

struct NetworkInfo {
    std::string name;
    std::map<std::string, std::string> labels;
};

struct ContainerStats {
    double cpu_percent = 0;
    std::int64_t memory_bytes = 0; // without the page cache
    std::int64_t memory_limit_bytes = 0;
};

// TCP ports that processes of a container listen on, ascending.
struct ListeningPorts {
    std::vector<int> reachable;     // on an address that is reachable from outside the container
    std::vector<int> loopback_only; // on 127.0.0.1 or ::1 only
};

struct ImageInfo {
    std::string id;
    std::int64_t size_bytes = 0;
    std::vector<int> exposed_tcp_ports;
    std::map<std::string, std::string> labels;
};

// An image that carries our label, as the engine's ledger has it.
struct StoredImage {
    std::string id;
    std::vector<std::string> tags;
    std::map<std::string, std::string> labels;
    std::int64_t created_at = 0;   // seconds since 1970
    std::int64_t unique_bytes = 0; // of the layers that no other image has
};

// A piece of the build cache. Engines say neither who made it nor for which build.
struct CacheRecord {
    std::string id;
    std::string description;
    std::int64_t size_bytes = 0;
    bool in_use = false;
    bool shared = false; // its bytes are an image's, or another record's
};

struct EngineDisk {
    std::vector<StoredImage> images;
    std::vector<CacheRecord> cache;
};

class DockerEngine {
  public:
    virtual ~DockerEngine() = default;

    virtual boost::asio::awaitable<Result<EngineVersion>> version() = 0;

    virtual boost::asio::awaitable<Result<EngineInfo>> info() = 0;

    // POST /build?version=2 with the context as tar. Decoded progress goes to `log`. A failed build is an
    // outcome, not an Error.
    virtual boost::asio::awaitable<Result<BuildOutcome>> build(BuildRequest request, net::BodySource context,
                                                               LogSink log) = 0;
    virtual boost::asio::awaitable<Result<void>> cancel_build(std::string build_id) = 0;

    virtual boost::asio::awaitable<Result<ImageInfo>> inspect_image(std::string reference) = 0;
    virtual boost::asio::awaitable<Result<void>> remove_image(std::string reference) = 0; // absent is success
    // Images with this label; their sizes are not asked for, which takes engines long.
    virtual boost::asio::awaitable<Result<std::vector<StoredImage>>> list_images(std::string label,
                                                                                 std::string value) = 0;

    // What the engine keeps: images with this label, and all of the build cache.
    virtual boost::asio::awaitable<Result<EngineDisk>> disk_usage(std::string label, std::string value) = 0;
    // Removes what was used longest ago of the whole cache, other people's too, until `keep_bytes` are left;
    // returns the bytes freed. Only for an engine that is ours alone.
    virtual boost::asio::awaitable<Result<std::int64_t>> prune_build_cache(std::int64_t keep_bytes) = 0;

    // Creates the container (replacing one of the same name that carries our label) and its network if it is
    // missing; returns the id.
    virtual boost::asio::awaitable<Result<std::string>> create_container(ContainerSpec spec) = 0;
    virtual boost::asio::awaitable<Result<void>> start_container(std::string id_or_name) = 0;
    // SIGTERM, then SIGKILL after `grace`. Absent or stopped is success.
    virtual boost::asio::awaitable<Result<void>> stop_container(std::string id_or_name,
                                                                std::chrono::seconds grace) = 0;
    virtual boost::asio::awaitable<Result<void>>
    remove_container(std::string id_or_name) = 0; // kills; absent is success
    virtual boost::asio::awaitable<Result<ContainerState>> inspect_container(std::string id_or_name) = 0;
    // Without exit codes and restarts: inspect_container() tells those.
    virtual boost::asio::awaitable<Result<std::vector<ContainerState>>>
    list_containers(std::string label, std::string value) = 0;
    virtual boost::asio::awaitable<Result<ContainerStats>> container_stats(std::string id_or_name) = 0;
    // Read from the engine host's /proc; unavailable when that cannot be seen (a remote engine, no
    // privilege).
    virtual boost::asio::awaitable<Result<ListeningPorts>> listening_ports(std::string id_or_name) = 0;
    virtual boost::asio::awaitable<Result<void>> remove_network(std::string name) = 0; // absent is success
    virtual boost::asio::awaitable<Result<std::vector<NetworkInfo>>> list_networks(std::string label,
                                                                                   std::string value) = 0;

    // The newest `tail` lines that the container printed (stdout and stderr in order), demultiplexed. Each
    // begins with its time, RFC 3339 in UTC with nanoseconds, and a space.
    virtual boost::asio::awaitable<Result<std::string>> container_log(std::string id_or_name, int tail) = 0;
    // Follows what it prints from now on, in lines of the same form, until it ends or the caller is
    // cancelled.
    virtual boost::asio::awaitable<Result<void>> follow_container_log(std::string id_or_name,
                                                                      LogSink log) = 0;

    // Copies a directory out of a created container into `destination` (an existing empty directory). Refuses
    // links that leave it, devices, and more than `limit_bytes` (too_large); on failure nothing of use is
    // left there.
    virtual boost::asio::awaitable<Result<void>>
    copy_out(std::string id_or_name, std::string path, std::string destination, std::int64_t limit_bytes) = 0;
};

} // namespace panel::docker
