#include "database/disk_repo.hpp"

#include "database/columns.hpp"
#include "database/log_repo.hpp"
#include "database/query.hpp"

#include <algorithm>
#include <utility>

namespace panel::database {
namespace {

constexpr const char* clear_sql = "DELETE FROM disk_items WHERE kind = :kind";
constexpr const char* insert_sql =
    "INSERT INTO disk_items (kind, name, project_id, bytes, created_at, last_used_at) VALUES (:kind, :name, "
    ":project, :bytes, :created, :used) ON CONFLICT (kind, name) DO UPDATE SET project_id = "
    "excluded.project_id, bytes = excluded.bytes, created_at = excluded.created_at, last_used_at = "
    "excluded.last_used_at";
constexpr const char* list_sql = "SELECT kind, name, project_id, bytes, created_at, last_used_at FROM "
                                 "disk_items ORDER BY last_used_at, kind, name";
constexpr const char* remove_sql = "DELETE FROM disk_items WHERE kind = :kind AND name = :name";
constexpr const char* put_reading_sql =
    "INSERT INTO disk_readings (at, total_bytes, free_bytes, reserve_bytes, panel_bytes) VALUES (:at, "
    ":total, "
    ":free, :reserve, :panel) ON CONFLICT (at) DO UPDATE SET total_bytes = excluded.total_bytes, free_bytes "
    "= "
    "excluded.free_bytes, reserve_bytes = excluded.reserve_bytes, panel_bytes = excluded.panel_bytes";
constexpr const char* latest_reading_sql = "SELECT at, total_bytes, free_bytes, reserve_bytes, panel_bytes "
                                           "FROM disk_readings ORDER BY at DESC LIMIT 1";
constexpr const char* readings_sql = "SELECT at, total_bytes, free_bytes, reserve_bytes, panel_bytes FROM "
                                     "disk_readings WHERE at >= :since ORDER BY at";
constexpr const char* forget_readings_sql = "DELETE FROM disk_readings WHERE at < :time";
// What stands in the place of a log that was removed; a log of 256 bytes or
// less is not worth removing (the condition of the index deployments_with_log).
constexpr const char* removed_note = "The log of this deployment was removed to make room on the disk.\n";
constexpr const char* totals_sql =
    "SELECT p.id, p.log_bytes, COALESCE((SELECT d.created_at FROM deployments d WHERE d.project_id = p.id "
    "ORDER BY d.id LIMIT 1), p.created_at) FROM projects p WHERE p.log_bytes > 0 ORDER BY p.id";
constexpr const char* logs_sql =
    "SELECT d.id, d.project_id, d.log_bytes, d.created_at FROM deployments d JOIN projects p ON p.id = "
    "d.project_id WHERE d.log_bytes > 256 AND d.created_at < :time AND d.status NOT IN ('pending', "
    "'building', 'deploying') AND (p.live_deployment_id IS NULL OR p.live_deployment_id <> d.id) ORDER BY "
    "d.id LIMIT :limit";
constexpr const char* shrink_total_sql =
    "UPDATE projects SET log_bytes = log_bytes - (SELECT d.log_bytes FROM deployments d WHERE d.id = :id) "
    "WHERE id = (SELECT d.project_id FROM deployments d WHERE d.id = :same_id)";
constexpr const char* remove_log_sql = "DELETE FROM log_chunks WHERE deployment_id = :id";
constexpr const char* forget_length_sql = "UPDATE deployments SET log_bytes = 0 WHERE id = :id";
constexpr const char* kept_images_sql =
    "SELECT r.deployment_id, r.project_id, r.image_id FROM releases r JOIN deployments d ON d.id = "
    "r.deployment_id WHERE r.image_available = 1 AND d.status = 'success'";
constexpr const char* images_in_use_sql =
    "SELECT r.deployment_id, r.project_id, r.image_id FROM projects p JOIN releases r ON r.deployment_id IN "
    "(p.live_deployment_id, p.warm_deployment_id, p.pinned_deployment_id)";
#undef IN_USE
constexpr const char* sqlite_bytes_sql = "SELECT CAST((SELECT page_count FROM pragma_page_count()) * (SELECT "
                                         "page_size FROM pragma_page_size()) AS BIGINT)";
constexpr const char* postgres_bytes_sql = "SELECT pg_database_size(current_database())";

void select_into(Query& query, DiskReading& reading) {
    query.into(reading.at, reading.total_bytes, reading.free_bytes, reading.reserve_bytes,
               reading.panel_bytes);
}

} // namespace

void replace_disk_items(soci::session& session, const std::vector<DiskKind>& kinds,
                        const std::vector<DiskItem>& items) {
    for (const auto kind : kinds) {
        Query clear(session, clear_sql);
        clear.use(kind).run();
    }
    for (const auto& item : items) {
        Query insert(session, insert_sql);
        insert.use(item.kind, item.name, item.project_id, item.bytes, item.created_at, item.last_used_at)
            .run();
    }
}

std::vector<DiskItem> list_disk_items(soci::session& session) {
    std::vector<DiskItem> items;
    DiskItem item;
    Query query(session, list_sql);
    query.into(item.kind, item.name, item.project_id, item.bytes, item.created_at, item.last_used_at);
    while (query.next()) items.push_back(item);
    return items;
}

void remove_disk_item(soci::session& session, DiskKind kind, const std::string& name) {
    Query query(session, remove_sql);
    query.use(kind, name).run();
}

void put_disk_reading(soci::session& session, const DiskReading& reading) {
    Query query(session, put_reading_sql);
    query.use(reading.at, reading.total_bytes, reading.free_bytes, reading.reserve_bytes,
              reading.panel_bytes);
    query.run();
}

std::optional<DiskReading> latest_disk_reading(soci::session& session) {
    DiskReading reading;
    Query query(session, latest_reading_sql);
    select_into(query, reading);
    if (!query.only()) return std::nullopt;
    return reading;
}

std::vector<DiskReading> disk_readings_since(soci::session& session, Timestamp since) {
    std::vector<DiskReading> readings;
    DiskReading reading;
    Query query(session, readings_sql);
    query.use(since);
    select_into(query, reading);
    while (query.next()) readings.push_back(reading);
    return readings;
}

void remove_disk_readings_before(soci::session& session, Timestamp time) {
    Query query(session, forget_readings_sql);
    query.use(time).run();
}

std::vector<LogTotal> list_log_totals(soci::session& session) {
    std::vector<LogTotal> totals;
    LogTotal total;
    Query query(session, totals_sql);
    query.into(total.project_id, total.bytes, total.oldest_at);
    while (query.next()) totals.push_back(total);
    return totals;
}

std::vector<StoredLog> list_stored_logs(soci::session& session, Timestamp time, int limit) {
    std::vector<StoredLog> logs;
    StoredLog log;
    Query query(session, logs_sql);
    query.use(time, limit);
    query.into(log.deployment_id, log.project_id, log.bytes, log.created_at);
    while (query.next()) logs.push_back(log);
    return logs;
}

void remove_stored_log(soci::session& session, std::int64_t deployment_id) {
    Query shrink(session, shrink_total_sql);
    shrink.use(deployment_id, deployment_id).run();
    Query remove(session, remove_log_sql);
    remove.use(deployment_id).run();
    Query forget(session, forget_length_sql);
    forget.use(deployment_id).run();
    append_log(session, deployment_id, 0, removed_note);
}

std::vector<KeptImage> list_kept_images(soci::session& session) {
    std::vector<KeptImage> images;
    KeptImage image;
    const auto read = [&](const char* sql, bool is_in_use) {
        image.is_in_use = is_in_use;
        Query query(session, sql);
        query.into(image.deployment_id, image.project_id, image.image_id);
        while (query.next()) images.push_back(image);
    };
    read(images_in_use_sql, true);
    read(kept_images_sql, false);
    const auto place = [](const KeptImage& each) { return std::pair(each.project_id, -each.deployment_id); };
    std::ranges::sort(images, {},
                      [&](const KeptImage& each) { return std::pair(place(each), !each.is_in_use); });
    const auto twice = std::ranges::unique(images, {}, place);
    images.erase(twice.begin(), twice.end());
    return images;
}

std::int64_t database_bytes(soci::session& session) {
    std::int64_t bytes = 0;
    Query query(session, session.get_backend_name() == "sqlite3" ? sqlite_bytes_sql : postgres_bytes_sql);
    query.into(bytes).only();
    return bytes;
}

} // namespace panel::database
