#pragma once
// What the panel keeps on the disk, as last measured: the ledger that budgets, forecast and removals stand
// on. Plain data.

#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace panel {

enum class DiskKind {
    image,        // of a release, in the engine; the layers that only it has
    static_files, // of a static release, or of a project's directory without one
    build_log,    // in the database
    access_log,   // a file that Caddy wrote
    repository,   // a bare mirror
    build_cache,  // of the engine, as one
    database,     // without the build logs in it
};

struct DiskItem {
    DiskKind kind = DiskKind::image;
    std::string name; // image id, path, deployment id: what it takes to remove it
    std::optional<std::int64_t> project_id;
    std::int64_t bytes = 0;
    Timestamp created_at;
    Timestamp last_used_at;
};

struct DiskReading {
    Timestamp at;
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0;    // for programs without root's privilege, without the reserve
    std::int64_t reserve_bytes = 0; // held back for the panel; 0: it was needed
    std::int64_t panel_bytes = 0;   // of all items
};

[[nodiscard]] std::string_view to_string(DiskKind kind);
[[nodiscard]] std::optional<DiskKind> parse_disk_kind(std::string_view text);

} // namespace panel
