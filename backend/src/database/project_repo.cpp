#include "database/project_repo.hpp"

#include "database/columns.hpp"
#include "database/query.hpp"

#include <limits>

namespace panel::database {
namespace {

// The framework that the user pinned hides the one last detected.
#define PROJECT_COLUMNS                                                                                      \
    "SELECT id, user_id, name, git_url, git_branch, root_directory, COALESCE(framework_override, "           \
    "framework), baas_type, "                                                                                \
    "frontend_port, backend_port, framework_override, install_command, build_command, start_command, "       \
    "output_dir, port, "                                                                                     \
    "dockerfile_path, memory_limit_mb, cpu_limit, process_limit, health_path, auto_deploy, "                 \
    "release_strategy, watch_seconds, status, status_reason, "                                               \
    "live_deployment_id, pinned_deployment_id, warm_deployment_id, created_at, updated_at FROM projects "

constexpr const char* find_sql = PROJECT_COLUMNS "WHERE id = :id AND (user_id = :user OR 1 = :admin)";
constexpr const char* list_own_sql =
    PROJECT_COLUMNS "WHERE user_id = :user AND id < :before ORDER BY id DESC LIMIT :limit";
constexpr const char* list_sql = PROJECT_COLUMNS "WHERE id < :before ORDER BY id DESC LIMIT :limit";
constexpr const char* list_all_sql = PROJECT_COLUMNS "ORDER BY id";
#undef PROJECT_COLUMNS

constexpr const char* free_port_sql = "SELECT MIN(candidate) FROM (SELECT CAST(:first AS BIGINT) AS "
                                      "candidate UNION ALL SELECT frontend_port + 2 FROM projects "
                                      "WHERE frontend_port >= :lowest) AS candidates WHERE candidate NOT IN "
                                      "(SELECT frontend_port FROM projects)";
constexpr const char* insert_sql =
    "INSERT INTO projects (user_id, name, git_url, git_branch, root_directory, framework_override, "
    "baas_type, frontend_port, backend_port, "
    "install_command, build_command, start_command, output_dir, port, dockerfile_path, memory_limit_mb, "
    "cpu_limit, process_limit, health_path, "
    "auto_deploy, release_strategy, watch_seconds, status, webhook_secret, "
    "created_at, updated_at) VALUES (:user, :name, :url, :branch, :root, :framework, :baas, :frontend_port, "
    ":backend_port, :install, :build, "
    ":start, :output, :port, :dockerfile, :memory, :cpus, :processes, :health, :auto_deploy, :strategy, "
    ":watch, :status, "
    ":secret, :created, :updated) ON "
    "CONFLICT (name) DO NOTHING RETURNING id";
constexpr const char* named_sql = "SELECT 1 FROM projects WHERE name = :name";
constexpr const char* name_taken_sql = "SELECT 1 FROM projects WHERE name = :name AND id <> :id";
constexpr const char* update_sql =
    "UPDATE projects SET name = :name, git_url = :url, git_branch = :branch, "
    "root_directory = :root, framework_override = :framework, "
    "baas_type = :baas, backend_port = :backend_port, install_command = "
    ":install, build_command = :build, start_command = :start, "
    "output_dir = :output, port = :port, dockerfile_path = :dockerfile, "
    "memory_limit_mb = :memory, cpu_limit = :cpus, process_limit = :processes, "
    "health_path = :health, auto_deploy = :auto_deploy, "
    "release_strategy = :strategy, watch_seconds = :watch, "
    "updated_at = :updated WHERE id = :id";
constexpr const char* set_status_sql =
    "UPDATE projects SET status = :status, status_reason = :reason, updated_at = :now WHERE id = :id";
constexpr const char* set_live_sql =
    "UPDATE projects SET live_deployment_id = :deployment, warm_deployment_id = :warm, "
    "pinned_deployment_id = :pinned, status = 'active', status_reason = '', updated_at = :now WHERE id = :id";
constexpr const char* set_pinned_sql =
    "UPDATE projects SET pinned_deployment_id = :deployment, updated_at = :now WHERE id = :id";
constexpr const char* take_down_sql =
    "UPDATE projects SET live_deployment_id = NULL, warm_deployment_id = NULL, pinned_deployment_id = NULL, "
    "status = 'stopped', status_reason = :reason, updated_at = :now WHERE id = :id";
constexpr const char* set_warm_sql = "UPDATE projects SET warm_deployment_id = :deployment WHERE id = :id";
constexpr const char* set_framework_sql = "UPDATE projects SET framework = :framework WHERE id = :id";
constexpr const char* peak_sql = "SELECT build_peak_bytes FROM projects WHERE id = :id";
constexpr const char* set_peak_sql = "UPDATE projects SET build_peak_bytes = :bytes WHERE id = :id";
constexpr const char* count_sql = "SELECT COUNT(*) FROM projects";
constexpr const char* uncount_deployments_sql =
    "INSERT INTO deployment_counts (status, deployments) SELECT d.status, -COUNT(*) FROM deployments d WHERE "
    "d.project_id = :id GROUP BY d.status ON CONFLICT (status) DO UPDATE SET deployments = "
    "deployment_counts.deployments + excluded.deployments";
constexpr const char* delete_sql = "DELETE FROM projects WHERE id = :id";
constexpr const char* secret_sql = "SELECT webhook_secret FROM projects WHERE id = :id";
constexpr const char* set_secret_sql = "UPDATE projects SET webhook_secret = :secret WHERE id = :id";
constexpr const char* url_elsewhere_sql = "SELECT 1 FROM projects WHERE git_url = :url AND id <> :id LIMIT 1";

void select_into(Query& query, Project& project) {
    auto& overrides = project.overrides;
    query.into(project.id, project.user_id, project.name, project.git_url, project.git_branch,
               project.root_directory, project.framework, project.baas_type, project.frontend_port,
               project.backend_port, overrides.framework, overrides.install_command, overrides.build_command,
               overrides.start_command, overrides.output_dir, overrides.port, overrides.dockerfile_path,
               project.limits.memory_mb, project.limits.cpus, project.limits.processes, project.health_path,
               project.auto_deploy, project.release_strategy, project.watch_seconds, project.status,
               project.status_reason, project.live_deployment_id, project.pinned_deployment_id,
               project.warm_deployment_id, project.created_at, project.updated_at);
}

std::vector<Project> select_all(Query& query) {
    std::vector<Project> projects;
    Project project;
    select_into(query, project);
    while (query.next()) projects.push_back(project);
    return projects;
}

std::unexpected<Error> name_taken() {
    auto taken = fail_field("name", "this name is taken by another project.");
    taken.error().code = Code::conflict;
    return taken;
}

using PortCheck = std::function<bool(std::uint16_t)>;

// The lower port of the pair; above `last_port` when there is none.
std::int64_t free_port_pair(soci::session& session, std::uint16_t first_port, std::uint16_t last_port,
                            const PortCheck& is_free) {
    std::int64_t first = first_port + first_port % 2;
    while (true) {
        std::int64_t port = 0;
        Query query(session, free_port_sql);
        query.use(first, first).into(port).only();
        if (port + 1 > last_port) return port;
        const auto blue = static_cast<std::uint16_t>(port);
        if (is_free(blue) && is_free(static_cast<std::uint16_t>(blue + 1))) return port;
        first = port + 2;
    }
}

} // namespace

std::optional<Project> find_project(soci::session& session, const Principal& principal, std::int64_t id) {
    const int is_admin = principal.is_admin() ? 1 : 0;
    Project project;
    Query query(session, find_sql);
    query.use(id, principal.user_id, is_admin);
    select_into(query, project);
    if (!query.only()) return std::nullopt;
    return project;
}

std::vector<Project> list_projects(soci::session& session, const Principal& principal, std::int64_t before,
                                   int limit) {
    const auto below = before > 0 ? before : std::numeric_limits<std::int64_t>::max();
    Query query(session, principal.is_admin() ? list_sql : list_own_sql);
    if (!principal.is_admin()) query.use(principal.user_id);
    query.use(below, limit);
    return select_all(query);
}

std::vector<Project> list_all_projects(soci::session& session) {
    Query query(session, list_all_sql);
    return select_all(query);
}

std::int64_t count_projects(soci::session& session) {
    std::int64_t number = 0;
    Query query(session, count_sql);
    query.into(number).only();
    return number;
}

bool has_project_named(soci::session& session, const std::string& name) {
    int one = 0;
    Query query(session, named_sql);
    return query.use(name).into(one).only();
}

Result<std::int64_t> insert_project(soci::session& session, const Project& project,
                                    const std::string& webhook_secret_ciphertext, std::uint16_t first_port,
                                    std::uint16_t last_port, const PortCheck& is_free) {
    const auto port = free_port_pair(session, first_port, last_port, is_free);
    if (port + 1 > last_port) return fail(Code::conflict, "Every port for applications is taken.");
    const auto& overrides = project.overrides;
    std::int64_t id = 0;
    Query query(session, insert_sql);
    query.use(project.user_id, project.name, project.git_url, project.git_branch, project.root_directory,
              overrides.framework, project.baas_type, port, project.backend_port, overrides.install_command,
              overrides.build_command, overrides.start_command, overrides.output_dir, overrides.port,
              overrides.dockerfile_path, project.limits.memory_mb, project.limits.cpus,
              project.limits.processes, project.health_path, project.auto_deploy, project.release_strategy,
              project.watch_seconds, project.status, webhook_secret_ciphertext, project.created_at,
              project.updated_at);
    query.into(id);
    if (!query.only()) return name_taken();
    return id;
}

Result<void> update_project(soci::session& session, const Project& project) {
    int one = 0;
    Query other(session, name_taken_sql);
    if (other.use(project.name, project.id).into(one).only()) return name_taken();
    const auto& overrides = project.overrides;
    Query query(session, update_sql);
    query.use(project.name, project.git_url, project.git_branch, project.root_directory, overrides.framework,
              project.baas_type, project.backend_port, overrides.install_command, overrides.build_command,
              overrides.start_command, overrides.output_dir, overrides.port, overrides.dockerfile_path,
              project.limits.memory_mb, project.limits.cpus, project.limits.processes, project.health_path,
              project.auto_deploy, project.release_strategy, project.watch_seconds, project.updated_at,
              project.id);
    query.run();
    return {};
}

void set_project_status(soci::session& session, std::int64_t id, ProjectStatus status, Timestamp now,
                        const std::string& reason) {
    Query query(session, set_status_sql);
    query.use(status, reason, now, id).run();
}

void set_live_deployment(soci::session& session, std::int64_t id, const LiveChange& change, Timestamp now) {
    Query query(session, set_live_sql);
    query.use(change.deployment_id, change.warm_deployment_id, change.pinned_deployment_id, now, id).run();
}

void set_pinned_deployment(soci::session& session, std::int64_t id, std::optional<std::int64_t> deployment_id,
                           Timestamp now) {
    Query query(session, set_pinned_sql);
    query.use(deployment_id, now, id).run();
}

void take_project_down(soci::session& session, std::int64_t id, const std::string& reason, Timestamp now) {
    Query query(session, take_down_sql);
    query.use(reason, now, id).run();
}

void set_warm_deployment(soci::session& session, std::int64_t id, std::optional<std::int64_t> deployment_id) {
    Query query(session, set_warm_sql);
    query.use(deployment_id, id).run();
}

void set_detected_framework(soci::session& session, std::int64_t id, const std::string& framework) {
    Query query(session, set_framework_sql);
    query.use(framework, id).run();
}

std::optional<std::int64_t> build_peak_bytes(soci::session& session, std::int64_t id) {
    std::optional<std::int64_t> bytes;
    Query query(session, peak_sql);
    query.use(id).into(bytes).only();
    return bytes;
}

void set_build_peak_bytes(soci::session& session, std::int64_t id, std::int64_t bytes) {
    Query query(session, set_peak_sql);
    query.use(bytes, id).run();
}

void delete_project(soci::session& session, std::int64_t id) {
    Query uncount(session, uncount_deployments_sql);
    uncount.use(id).run();
    Query query(session, delete_sql);
    query.use(id).run();
}

std::string webhook_secret_ciphertext(soci::session& session, std::int64_t id) {
    std::string secret;
    Query query(session, secret_sql);
    query.use(id).into(secret).only();
    return secret;
}

void set_webhook_secret(soci::session& session, std::int64_t id, const std::string& ciphertext) {
    Query query(session, set_secret_sql);
    query.use(ciphertext, id).run();
}

bool git_url_used_elsewhere(soci::session& session, const std::string& git_url, std::int64_t id) {
    int one = 0;
    Query query(session, url_elsewhere_sql);
    return query.use(git_url, id).into(one).only();
}

} // namespace panel::database
