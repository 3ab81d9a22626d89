#include "database/repair_repo.hpp"

#include "database/query.hpp"

namespace panel::database {
namespace {

constexpr const char* add_sql =
    "INSERT INTO repair_counts (kind, count) VALUES (:kind, :more) ON CONFLICT (kind) DO UPDATE SET count = "
    "repair_counts.count + excluded.count";
constexpr const char* list_sql = "SELECT kind, count FROM repair_counts";

} // namespace

void add_repairs(soci::session& session, const RepairCounts& more) {
    for (const auto& [kind, count] : more) {
        Query query(session, add_sql);
        query.use(kind, count).run();
    }
}

RepairCounts list_repairs(soci::session& session) {
    RepairCounts counts;
    std::string kind;
    std::int64_t count = 0;
    Query query(session, list_sql);
    query.into(kind, count);
    while (query.next()) counts[kind] = count;
    return counts;
}

} // namespace panel::database
