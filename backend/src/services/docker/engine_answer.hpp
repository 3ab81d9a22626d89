#pragma once
// Reads the engine's JSON answers (Docker Engine API v1.41) into our types. Pure. Nothing: the answer is not
// what the API says.

#include "base/result.hpp"
#include "net/http_message.hpp"
#include "services/docker/docker_engine.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel::docker {

// One reading of a container's counters.
struct StatsSample {
    std::int64_t cpu_nanoseconds = 0;    // used by the container since it started
    std::int64_t system_nanoseconds = 0; // that passed on all processors together
    std::int64_t processors = 1;
    std::int64_t memory_bytes = 0; // without the page cache that the kernel gives back first
    std::int64_t memory_limit_bytes = 0;
};

[[nodiscard]] std::optional<boost::json::object> read_object(std::string_view body);
[[nodiscard]] std::optional<EngineVersion> read_version(std::string_view body);
[[nodiscard]] std::optional<EngineInfo> read_info(std::string_view body);
// Of GET /system/df: the images that carry the label, and the build cache.
[[nodiscard]] std::optional<EngineDisk> read_disk_usage(std::string_view body, const std::string& label,
                                                        const std::string& value);
[[nodiscard]] std::optional<ImageInfo> read_image(std::string_view body);
[[nodiscard]] std::optional<ContainerState> read_container(std::string_view body);
[[nodiscard]] std::int64_t
read_container_pid(std::string_view body); // of its first process on the engine's machine; 0: not running
[[nodiscard]] std::optional<std::vector<ContainerState>>
read_containers(std::string_view body); // of GET /containers/json
[[nodiscard]] std::optional<std::vector<StoredImage>>
read_images(std::string_view body); // of GET /images/json
[[nodiscard]] std::optional<std::vector<NetworkInfo>>
read_networks(std::string_view body); // of GET /networks
[[nodiscard]] std::optional<StatsSample> read_stats(std::string_view body);

// Percent of one processor used between two samples of one container; nothing when they are not of one run or
// too close.
[[nodiscard]] std::optional<double> cpu_percent(const StatsSample& before, const StatsSample& after);

// The error that an answer of 400 and above stands for: not_found, conflict or internal, with the engine's
// own sentence.
[[nodiscard]] Error error_of(const net::Response& response);

} // namespace panel::docker
