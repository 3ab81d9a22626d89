#pragma once
// The ledger of the disk: items as last measured, and readings of the whole disk over time. Any thread that
// holds the session.

#include "base/clock.hpp"
#include "models/disk.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace panel::database {

// Every item of the kinds that `items` are of is replaced by them; `kinds` says which were measured.
void replace_disk_items(soci::session& session, const std::vector<DiskKind>& kinds,
                        const std::vector<DiskItem>& items);
[[nodiscard]] std::vector<DiskItem> list_disk_items(soci::session& session); // oldest use first
void remove_disk_item(soci::session& session, DiskKind kind, const std::string& name);

// One reading for each time; a second one of the same time takes its place.
void put_disk_reading(soci::session& session, const DiskReading& reading);
[[nodiscard]] std::optional<DiskReading> latest_disk_reading(soci::session& session);
[[nodiscard]] std::vector<DiskReading> disk_readings_since(soci::session& session,
                                                           Timestamp since); // oldest first
void remove_disk_readings_before(soci::session& session, Timestamp time);

// The build logs of a project's deployments; `oldest_at`: its first deployment.
struct LogTotal {
    std::int64_t project_id = 0;
    std::int64_t bytes = 0;
    Timestamp oldest_at;
};
[[nodiscard]] std::vector<LogTotal> list_log_totals(soci::session& session);

struct StoredLog {
    std::int64_t deployment_id = 0;
    std::int64_t project_id = 0;
    std::int64_t bytes = 0;
    Timestamp created_at;
};
// Of deployments that have ended and are not live, created before `time`; oldest first, at most `limit`.
[[nodiscard]] std::vector<StoredLog> list_stored_logs(soci::session& session, Timestamp time, int limit);
// One line in its place says that it is no longer kept.
void remove_stored_log(soci::session& session, std::int64_t deployment_id);
// Releases whose image or files are kept: those that can be rolled back to, and those in use whatever their
// deployment's row says. By project, newest first.
struct KeptImage {
    std::int64_t deployment_id = 0;
    std::int64_t project_id = 0;
    std::string image_id;   // as in Release
    bool is_in_use = false; // live, kept warm or pinned
};
[[nodiscard]] std::vector<KeptImage> list_kept_images(soci::session& session);
// Of the database's own files, 0 when it does not say.
[[nodiscard]] std::int64_t database_bytes(soci::session& session);

} // namespace panel::database
