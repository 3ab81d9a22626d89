#pragma once
// The disk as it goes over the wire: what the panel keeps there, its budgets, and what may be removed. Plain
// data.

#include "api/json/enum_values.hpp"
#include "api/json/field_types.hpp"
#include "base/clock.hpp"
#include "models/disk.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace panel::server {
struct Cleaned;
struct DiskStatus;
} // namespace panel::server

namespace panel::api::wire {

struct DiskCategory {
    static constexpr std::string_view schema_name = "DiskCategory";
    std::string name; // images, build_cache, static_files, logs, repositories, database
    std::int64_t bytes = 0;
    std::optional<std::int64_t> budget_bytes;
};
BOOST_DESCRIBE_STRUCT(DiskCategory, (), (name, bytes, budget_bytes))

struct DiskRemoval {
    static constexpr std::string_view schema_name = "DiskRemoval";
    DiskKind kind = DiskKind::image;
    std::string name; // "atlas-web, deployment 7"
    std::optional<std::int64_t> project_id;
    std::int64_t bytes = 0;
    std::string reason; // a plain sentence
};
BOOST_DESCRIBE_STRUCT(DiskRemoval, (), (kind, name, project_id, bytes, reason))

struct Disk {
    static constexpr std::string_view schema_name = "Disk";
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0;
    std::int64_t reserve_bytes = 0;
    std::int64_t panel_bytes = 0;
    std::optional<Timestamp> full_at;
    std::vector<DiskCategory> categories;
    std::vector<DiskRemoval> removable;
};
BOOST_DESCRIBE_STRUCT(Disk, (),
                      (total_bytes, free_bytes, reserve_bytes, panel_bytes, full_at, categories, removable))

struct DiskCleanInput {
    static constexpr std::string_view schema_name = "DiskCleanInput";
    std::optional<bool> dry_run; // nothing: it is done
};
BOOST_DESCRIBE_STRUCT(DiskCleanInput, (), (dry_run))

struct DiskCleaned {
    static constexpr std::string_view schema_name = "DiskCleaned";
    std::vector<DiskRemoval> removed; // in a dry run: what would be
    std::int64_t freed_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(DiskCleaned, (), (removed, freed_bytes))

[[nodiscard]] Disk to_wire(const server::DiskStatus& status);
[[nodiscard]] DiskCleaned to_wire(const server::Cleaned& cleaned);

} // namespace panel::api::wire
