#include "database/release_repo.hpp"

#include "database/columns.hpp"
#include "database/query.hpp"

namespace panel::database {
namespace {

constexpr const char* put_sql =
    "INSERT INTO releases (deployment_id, project_id, kind, image_id, plan_json, environment, health_path, "
    "container_port, slot, "
    "image_available, created_at, container_deployment_id) VALUES (:deployment, :project, :kind, :image, "
    ":plan, :environment, "
    ":health, :port, :slot, :available, "
    ":created, :container) ON CONFLICT (deployment_id) DO UPDATE SET project_id = excluded.project_id, kind "
    "= "
    "excluded.kind, image_id = excluded.image_id, "
    "plan_json = excluded.plan_json, environment = excluded.environment, health_path = excluded.health_path, "
    "container_port = excluded.container_port, slot = excluded.slot, image_available = "
    "excluded.image_available, "
    "created_at = excluded.created_at, container_deployment_id = excluded.container_deployment_id";
#define RELEASE_COLUMNS                                                                                      \
    "SELECT r.deployment_id, r.project_id, r.kind, r.image_id, r.plan_json, r.environment, r.health_path, "  \
    "r.container_port, r.slot, "                                                                             \
    "r.image_available, r.created_at, r.container_deployment_id FROM releases r "
constexpr const char* find_sql = RELEASE_COLUMNS "WHERE r.deployment_id = :deployment";
constexpr const char* list_kept_sql =
    RELEASE_COLUMNS "JOIN deployments d ON d.id = r.deployment_id WHERE r.project_id = :project AND "
                    "r.image_available = 1 AND d.status = 'success' ORDER BY r.deployment_id DESC";
constexpr const char* list_live_sql =
    RELEASE_COLUMNS "JOIN projects p ON p.live_deployment_id = r.deployment_id";
constexpr const char* list_warm_sql =
    RELEASE_COLUMNS "JOIN projects p ON p.warm_deployment_id = r.deployment_id";
constexpr const char* keeps_sql = "SELECT 1 FROM releases WHERE project_id = :project AND image_id = :image "
                                  "AND image_available = 1 LIMIT 1";
// They failed after they had gone live: nobody goes back to them.
constexpr const char* list_given_up_sql =
    RELEASE_COLUMNS "JOIN deployments d ON d.id = r.deployment_id WHERE r.project_id = :project AND "
                    "r.image_available = 1 AND d.status = 'failed' ORDER BY r.deployment_id DESC";
#undef RELEASE_COLUMNS
constexpr const char* set_slot_sql = "UPDATE releases SET slot = :slot WHERE deployment_id = :deployment";
constexpr const char* set_available_sql =
    "UPDATE releases SET image_available = :available WHERE deployment_id = :deployment";
constexpr const char* forget_image_sql =
    "UPDATE releases SET image_available = 0 WHERE project_id = :project AND image_id = :image AND "
    "image_available = 1";

void select_into(Query& query, Release& release) {
    query.into(release.deployment_id, release.project_id, release.kind, release.image_id, release.plan_json,
               release.environment, release.health_path, release.container_port, release.slot,
               release.image_available, release.created_at, release.container_deployment_id);
}

std::vector<Release> list_of(soci::session& session, const char* sql, std::int64_t project_id) {
    std::vector<Release> releases;
    Release release;
    Query query(session, sql);
    query.use(project_id);
    select_into(query, release);
    while (query.next()) releases.push_back(release);
    return releases;
}

std::map<std::int64_t, Release> by_project(soci::session& session, const char* sql) {
    std::map<std::int64_t, Release> releases;
    Release release;
    Query query(session, sql);
    select_into(query, release);
    while (query.next()) releases.emplace(release.project_id, release);
    return releases;
}

} // namespace

void put_release(soci::session& session, const Release& release) {
    Query query(session, put_sql);
    query.use(release.deployment_id, release.project_id, release.kind, release.image_id, release.plan_json,
              release.environment, release.health_path, release.container_port, release.slot,
              release.image_available, release.created_at, release.container_deployment_id);
    query.run();
}

std::optional<Release> find_release(soci::session& session, std::int64_t deployment_id) {
    Release release;
    Query query(session, find_sql);
    query.use(deployment_id);
    select_into(query, release);
    if (!query.only()) return std::nullopt;
    return release;
}

void set_release_slot(soci::session& session, std::int64_t deployment_id, const std::string& slot) {
    Query query(session, set_slot_sql);
    query.use(slot, deployment_id).run();
}

void set_release_image_available(soci::session& session, std::int64_t deployment_id, bool available) {
    Query query(session, set_available_sql);
    query.use(available, deployment_id).run();
}

void forget_image(soci::session& session, std::int64_t project_id, const std::string& image_id) {
    Query query(session, forget_image_sql);
    query.use(project_id, image_id).run();
}

std::map<std::int64_t, Release> list_live_releases(soci::session& session) {
    return by_project(session, list_live_sql);
}

std::map<std::int64_t, Release> list_warm_releases(soci::session& session) {
    return by_project(session, list_warm_sql);
}

bool keeps_release_of(soci::session& session, std::int64_t project_id, const std::string& image_id) {
    int one = 0;
    Query query(session, keeps_sql);
    return query.use(project_id, image_id).into(one).only();
}

std::vector<Release> list_kept_releases(soci::session& session, std::int64_t project_id) {
    return list_of(session, list_kept_sql, project_id);
}

std::vector<Release> list_given_up_releases(soci::session& session, std::int64_t project_id) {
    return list_of(session, list_given_up_sql, project_id);
}

} // namespace panel::database
