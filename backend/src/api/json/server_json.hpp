#pragma once
// The server's own state as it goes over the wire. Plain data.

#include "api/json/field_types.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace panel::api::wire {

// null: no limit
struct ServerLimits {
    static constexpr std::string_view schema_name = "ServerLimits";
    std::optional<std::int64_t> memory_limit_mb;
    std::optional<double> cpu_limit;
    std::optional<std::int64_t> process_limit;
};
BOOST_DESCRIBE_STRUCT(ServerLimits, (), (memory_limit_mb, cpu_limit, process_limit))

struct BuildLimits {
    static constexpr std::string_view schema_name = "BuildLimits";
    std::optional<std::int64_t> memory_limit_mb;
    std::optional<double> cpu_limit;
    std::optional<std::int64_t> process_limit;
    int slots = 1; // builds at once
};
BOOST_DESCRIBE_STRUCT(BuildLimits, (), (memory_limit_mb, cpu_limit, process_limit, slots))

struct ServerStatus {
    static constexpr std::string_view schema_name = "ServerStatus";
    std::string hostname;
    std::string version;
    double cpu_percent = 0;
    int cpu_count = 0;
    std::int64_t memory_used_bytes = 0;
    std::int64_t memory_total_bytes = 0;
    std::int64_t disk_used_bytes = 0;
    std::int64_t disk_total_bytes = 0;
    std::vector<std::string> warnings;
    ServerLimits app_limits;  // of each app whose project sets none
    BuildLimits build_limits; // of all builds together
};
BOOST_DESCRIBE_STRUCT(ServerStatus, (),
                      (hostname, version, cpu_percent, cpu_count, memory_used_bytes, memory_total_bytes,
                       disk_used_bytes, disk_total_bytes, warnings, app_limits, build_limits))

struct Health {
    static constexpr std::string_view schema_name = "Health";
    std::string status; // "ok"
    std::string version;
};
BOOST_DESCRIBE_STRUCT(Health, (), (status, version))

struct Readiness {
    static constexpr std::string_view schema_name = "Readiness";
    std::string status;                        // "ready" or "not_ready"
    std::map<std::string, std::string> checks; // "database": "ok", or what is missing
};
BOOST_DESCRIBE_STRUCT(Readiness, (), (status, checks))

} // namespace panel::api::wire
