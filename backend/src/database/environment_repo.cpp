#include "database/environment_repo.hpp"

#include "database/columns.hpp"
#include "database/query.hpp"

namespace panel::database {
namespace {

constexpr const char* list_sql = "SELECT id, project_id, key, value, is_secret, scope, created_at FROM "
                                 "environments WHERE project_id = :project ORDER BY key";
constexpr const char* insert_sql =
    "INSERT INTO environments (project_id, key, value, is_secret, scope, created_at) "
    "VALUES (:project, :key, :value, :is_secret, :scope, :created) RETURNING id";
constexpr const char* update_sql =
    "UPDATE environments SET value = :value, is_secret = :is_secret, scope = :scope WHERE id = :id";
constexpr const char* delete_sql = "DELETE FROM environments WHERE project_id = :project AND key = :key";

} // namespace

std::vector<EnvironmentRow> list_environment(soci::session& session, std::int64_t project_id) {
    std::vector<EnvironmentRow> rows;
    EnvironmentRow row;
    Query query(session, list_sql);
    query.use(project_id);
    query.into(row.id, row.project_id, row.key, row.ciphertext, row.is_secret, row.scope, row.created_at);
    while (query.next()) rows.push_back(row);
    return rows;
}

std::int64_t insert_environment(soci::session& session, const EnvironmentRow& row) {
    std::int64_t id = 0;
    Query query(session, insert_sql);
    query.use(row.project_id, row.key, row.ciphertext, row.is_secret, row.scope, row.created_at)
        .into(id)
        .only();
    return id;
}

void update_environment(soci::session& session, const EnvironmentRow& row) {
    Query query(session, update_sql);
    query.use(row.ciphertext, row.is_secret, row.scope, row.id).run();
}

bool delete_environment(soci::session& session, std::int64_t project_id, const std::string& key) {
    Query query(session, delete_sql);
    return query.use(project_id, key).run() > 0;
}

} // namespace panel::database
