#include "database/deployment_repo.hpp"

#include "database/columns.hpp"
#include "database/explanation_json.hpp"
#include "database/id_list.hpp"
#include "database/query.hpp"

#include <algorithm>
#include <limits>

namespace panel::database {
namespace {

#define DEPLOYMENT_COLUMNS                                                                                   \
    "d.id, d.project_id, d.commit_hash, d.commit_message, d.commit_author, d.branch, d.status, "             \
    "d.triggered_by, d.rollback_of, "                                                                        \
    "d.started_at, d.completed_at, d.error_message, d.created_at, d.cancel_requested, d.watch, "             \
    "d.watch_until, d.watch_restarts, d.replaced_deployment_id, d.switch_back_of, d.pin_when_live"
#define ROW_COLUMNS                                                                                          \
    DEPLOYMENT_COLUMNS ", p.name, CASE WHEN p.live_deployment_id = d.id THEN 1 ELSE 0 END, "                 \
                       "CASE WHEN d.status = 'success' AND r.image_available = 1 AND "                       \
                       "(p.live_deployment_id IS NULL OR p.live_deployment_id <> d.id) THEN 1 ELSE 0 END, "  \
                       "CASE WHEN p.pinned_deployment_id = d.id THEN 1 ELSE 0 END "
#define ROW_TABLES                                                                                           \
    "FROM deployments d JOIN projects p ON p.id = d.project_id LEFT JOIN releases r ON r.deployment_id = "   \
    "d.id "
#define VISIBLE "(p.user_id = :user OR 1 = :admin)"

constexpr const char* insert_sql = "INSERT INTO deployments (project_id, commit_hash, commit_message, "
                                   "commit_author, branch, status, triggered_by, rollback_of, "
                                   "requested_commit, created_at, switch_back_of, pin_when_live, user_id) "
                                   "VALUES (:project, :hash, :message, :author, :branch, :status, :trigger, "
                                   ":rollback_of, :requested, :created, :switch_back_of, :pin, "
                                   "COALESCE((SELECT p.user_id FROM projects p WHERE p.id = :same_project), "
                                   "0)) RETURNING id";
constexpr const char* insert_step_sql = "INSERT INTO deployment_steps (deployment_id, name, status, "
                                        "started_at) VALUES (:deployment, :name, :status, :started)";
constexpr const char* find_sql =
    "SELECT " DEPLOYMENT_COLUMNS
    " FROM deployments d JOIN projects p ON p.id = d.project_id WHERE d.id = :id AND " VISIBLE;
constexpr const char* find_detail_sql =
    "SELECT " ROW_COLUMNS ", d.plan, d.explanation, d.log_bytes " ROW_TABLES "WHERE d.id = :id AND " VISIBLE;
constexpr const char* requested_commit_sql = "SELECT requested_commit FROM deployments WHERE id = :id";
constexpr const char* list_sql =
    "SELECT " ROW_COLUMNS ROW_TABLES
    "WHERE d.project_id = :project AND d.id < :before ORDER BY d.id DESC LIMIT :limit";
constexpr const char* list_recent_sql =
    "SELECT " ROW_COLUMNS ROW_TABLES "WHERE d.id < :before ORDER BY d.id DESC LIMIT :limit";
constexpr const char* list_recent_own_sql =
    "SELECT " ROW_COLUMNS ROW_TABLES
    "WHERE d.id < :before AND d.user_id = :user ORDER BY d.id DESC LIMIT :limit";
// The newest of each project is one seek in deployments_by_project. A fixed number of ids keeps one statement
// prepared.
#define NEWEST_OF                                                                                            \
    "SELECT " ROW_COLUMNS ROW_TABLES                                                                         \
    "WHERE d.id IN (SELECT (SELECT MAX(n.id) FROM deployments n WHERE n.project_id = q.id) FROM projects q "
constexpr const char* latest_one_sql = NEWEST_OF "WHERE q.id = :a0)";
constexpr const char* latest_many_sql = NEWEST_OF "WHERE q.id IN " FIFTY_IDS ")";
constexpr const char* unfinished_sql =
    "SELECT " DEPLOYMENT_COLUMNS
    " FROM deployments d WHERE d.status IN ('pending', 'building', 'deploying') ORDER BY d.id";
constexpr const char* unfinished_of_sql =
    "SELECT " DEPLOYMENT_COLUMNS " FROM deployments d WHERE d.status IN ('pending', 'building', 'deploying') "
    "AND d.project_id = :project ORDER BY d.id";
constexpr const char* watched_sql =
    "SELECT " DEPLOYMENT_COLUMNS " FROM deployments d WHERE d.watch = 'watching' ORDER BY d.id";
#undef NEWEST_OF
#undef VISIBLE
#undef ROW_TABLES
#undef ROW_COLUMNS
#undef DEPLOYMENT_COLUMNS

constexpr const char* count_sql =
    "INSERT INTO deployment_counts (status, deployments) VALUES (:status, :change) ON CONFLICT (status) DO "
    "UPDATE SET deployments = deployment_counts.deployments + excluded.deployments";
constexpr const char* counts_sql = "SELECT status, deployments FROM deployment_counts";
constexpr const char* status_sql = "SELECT status, started_at FROM deployments WHERE id = :id";
constexpr const char* set_status_sql =
    "UPDATE deployments SET status = :status, started_at = COALESCE(started_at, :now) WHERE id = :id";
constexpr const char* set_commit_sql = "UPDATE deployments SET commit_hash = :hash, commit_message = "
                                       ":message, commit_author = :author WHERE id = :id";
constexpr const char* set_plan_sql = "UPDATE deployments SET plan = :plan WHERE id = :id";
constexpr const char* finish_sql =
    "UPDATE deployments SET status = :status, completed_at = :now, duration = :duration, "
    "error_message = :message, explanation = :explanation, claim_owner = '', claim_until = NULL WHERE id = "
    ":id";
constexpr const char* finish_running_steps_sql =
    "UPDATE deployment_steps SET status = :outcome, duration_ms = :now - started_at WHERE deployment_id = "
    ":id AND status = 'running'";
constexpr const char* skip_pending_steps_sql =
    "UPDATE deployment_steps SET status = 'skipped' WHERE deployment_id = :id AND status = 'pending'";
constexpr const char* request_cancel_sql = "UPDATE deployments SET cancel_requested = 1 WHERE id = :id AND "
                                           "status IN ('pending', 'building', 'deploying')";
constexpr const char* cancel_requested_sql = "SELECT cancel_requested FROM deployments WHERE id = :id";
constexpr const char* begin_watch_sql =
    "UPDATE deployments SET watch = :watch, watch_until = :until, watch_restarts = :restarts, "
    "replaced_deployment_id = :replaced WHERE id = :id";
constexpr const char* end_watch_sql =
    "UPDATE deployments SET watch = :watch, watch_until = NULL WHERE id = :id AND watch = 'watching'";
constexpr const char* end_other_watches_sql =
    "UPDATE deployments SET watch = 'none', watch_until = NULL WHERE watch = 'watching' AND project_id = "
    ":project AND id <> :id";
constexpr const char* explanation_sql = "SELECT explanation FROM deployments WHERE id = :id";
constexpr const char* set_explanation_sql =
    "UPDATE deployments SET explanation = :explanation WHERE id = :id";
constexpr const char* fail_watched_sql =
    "UPDATE deployments SET status = 'failed', watch = 'failed', watch_until = NULL, error_message = "
    ":message, explanation = :explanation WHERE id = :id AND status = 'success' AND watch = 'watching'";
constexpr const char* start_step_sql = "UPDATE deployment_steps SET status = 'running', started_at = :now, "
                                       "duration_ms = NULL WHERE deployment_id = :id AND name = :name";
constexpr const char* end_step_sql = "UPDATE deployment_steps SET status = :status, duration_ms = :now - "
                                     "started_at WHERE deployment_id = :id AND name = :name";
constexpr const char* list_steps_sql =
    "SELECT name, status, started_at, duration_ms FROM deployment_steps WHERE deployment_id = :id";

void select_into(Query& query, Deployment& deployment) {
    query.into(deployment.id, deployment.project_id, deployment.commit_hash, deployment.commit_message,
               deployment.commit_author, deployment.branch, deployment.status, deployment.triggered_by,
               deployment.rollback_of, deployment.started_at, deployment.completed_at,
               deployment.error_message, deployment.created_at, deployment.cancel_requested, deployment.watch,
               deployment.watch_until, deployment.watch_restarts, deployment.replaced_deployment_id,
               deployment.switch_back_of, deployment.pin_when_live);
}

void select_into(Query& query, DeploymentRow& row) {
    select_into(query, row.deployment);
    query.into(row.project_name, row.is_live, row.can_roll_back, row.is_pinned);
}

template <class Row> std::vector<Row> select_all(Query& query) {
    std::vector<Row> rows;
    Row row;
    select_into(query, row);
    while (query.next()) rows.push_back(row);
    return rows;
}

std::int64_t below(std::int64_t before) {
    return before > 0 ? before : std::numeric_limits<std::int64_t>::max();
}

struct CurrentState {
    DeploymentStatus status = DeploymentStatus::pending;
    std::optional<Timestamp> started_at;
};

void count(soci::session& session, DeploymentStatus status, int change) {
    Query query(session, count_sql);
    query.use(status, change).run();
}

void move_count(soci::session& session, DeploymentStatus from, DeploymentStatus to) {
    if (from == to) return;
    count(session, from, -1);
    count(session, to, 1);
}

std::optional<CurrentState> current_state(soci::session& session, std::int64_t id) {
    CurrentState state;
    Query query(session, status_sql);
    if (!query.use(id).into(state.status, state.started_at).only()) return std::nullopt;
    return state;
}

} // namespace

std::int64_t insert_deployment(soci::session& session, const Deployment& deployment,
                               const std::string& requested_commit) {
    std::int64_t id = 0;
    Query query(session, insert_sql);
    query.use(deployment.project_id, deployment.commit_hash, deployment.commit_message,
              deployment.commit_author, deployment.branch, deployment.status, deployment.triggered_by,
              deployment.rollback_of, requested_commit, deployment.created_at, deployment.switch_back_of,
              deployment.pin_when_live, deployment.project_id);
    query.into(id).only();
    count(session, deployment.status, 1);
    for (const auto name : all_steps) {
        const bool is_first = name == StepName::queued;
        const auto status = is_first ? StepStatus::running : StepStatus::pending;
        const auto started_at = is_first ? std::optional(deployment.created_at) : std::nullopt;
        Query step(session, insert_step_sql);
        step.use(id, name, status, started_at).run();
    }
    return id;
}

std::optional<Deployment> find_deployment(soci::session& session, const Principal& principal,
                                          std::int64_t id) {
    const int is_admin = principal.is_admin() ? 1 : 0;
    Deployment deployment;
    Query query(session, find_sql);
    query.use(id, principal.user_id, is_admin);
    select_into(query, deployment);
    if (!query.only()) return std::nullopt;
    return deployment;
}

std::optional<DeploymentDetail> find_deployment_detail(soci::session& session, const Principal& principal,
                                                       std::int64_t id) {
    const int is_admin = principal.is_admin() ? 1 : 0;
    DeploymentDetail detail;
    std::string explanation;
    Query query(session, find_detail_sql);
    query.use(id, principal.user_id, is_admin);
    select_into(query, detail.row);
    query.into(detail.plan_json, explanation, detail.log_bytes);
    if (!query.only()) return std::nullopt;
    detail.explanation = explanation_from_json(explanation);
    detail.steps = list_steps(session, id);
    return detail;
}

std::string requested_commit(soci::session& session, std::int64_t id) {
    std::string commit;
    Query query(session, requested_commit_sql);
    query.use(id).into(commit).only();
    return commit;
}

std::vector<DeploymentRow> list_deployments(soci::session& session, std::int64_t project_id,
                                            std::int64_t before, int limit) {
    const auto end = below(before);
    Query query(session, list_sql);
    query.use(project_id, end, limit);
    return select_all<DeploymentRow>(query);
}

std::vector<DeploymentRow> list_recent_deployments(soci::session& session, const Principal& principal,
                                                   std::int64_t before, int limit) {
    const auto end = below(before);
    Query query(session, principal.is_admin() ? list_recent_sql : list_recent_own_sql);
    query.use(end);
    if (!principal.is_admin()) query.use(principal.user_id);
    query.use(limit);
    return select_all<DeploymentRow>(query);
}

std::map<std::int64_t, DeploymentRow> latest_deployments(soci::session& session,
                                                         const std::vector<std::int64_t>& project_ids) {
    std::map<std::int64_t, DeploymentRow> latest;
    for (const auto& ids : in_groups(project_ids)) {
        Query query(session, ids.size() == 1 ? latest_one_sql : latest_many_sql);
        for (const auto& id : ids) query.use(id);
        DeploymentRow row;
        select_into(query, row);
        while (query.next()) latest.emplace(row.deployment.project_id, row);
    }
    return latest;
}

std::map<DeploymentStatus, std::int64_t> count_deployments(soci::session& session) {
    std::map<DeploymentStatus, std::int64_t> counts;
    DeploymentStatus status{};
    std::int64_t number = 0;
    Query query(session, counts_sql);
    query.into(status, number);
    while (query.next()) counts[status] = number;
    return counts;
}

std::vector<Deployment> unfinished_deployments(soci::session& session, std::int64_t project_id) {
    Query query(session, project_id == 0 ? unfinished_sql : unfinished_of_sql);
    if (project_id != 0) query.use(project_id);
    return select_all<Deployment>(query);
}

bool set_deployment_status(soci::session& session, std::int64_t id, DeploymentStatus status, Timestamp now) {
    const auto state = current_state(session, id);
    if (!state || is_final(status) || !may_change(state->status, status)) return false;
    Query query(session, set_status_sql);
    query.use(status, now, id).run();
    move_count(session, state->status, status);
    return true;
}

void set_deployment_commit(soci::session& session, std::int64_t id, const std::string& hash,
                           const std::string& message, const std::string& author) {
    Query query(session, set_commit_sql);
    query.use(hash, message, author, id).run();
}

void set_deployment_plan(soci::session& session, std::int64_t id, const std::string& plan_json) {
    Query query(session, set_plan_sql);
    query.use(plan_json, id).run();
}

bool finish_deployment(soci::session& session, std::int64_t id, DeploymentStatus status,
                       const std::optional<Explanation>& explanation, StepStatus step_outcome,
                       Timestamp now) {
    const auto state = current_state(session, id);
    if (!state || !is_final(status) || !may_change(state->status, status)) return false;
    std::optional<std::int64_t> seconds;
    if (state->started_at)
        seconds = std::chrono::round<std::chrono::seconds>(now - *state->started_at).count();
    const auto message = explanation ? explanation->sentence : std::string();
    const auto json = explanation ? explanation_to_json(*explanation) : std::string();
    Query query(session, finish_sql);
    query.use(status, now, seconds, message, json, id).run();
    move_count(session, state->status, status);
    Query running(session, finish_running_steps_sql);
    running.use(step_outcome, now, id).run();
    Query pending(session, skip_pending_steps_sql);
    pending.use(id).run();
    return true;
}

bool request_cancel(soci::session& session, std::int64_t id) {
    Query query(session, request_cancel_sql);
    return query.use(id).run() > 0;
}

bool cancel_requested(soci::session& session, std::int64_t id) {
    bool requested = false;
    Query query(session, cancel_requested_sql);
    query.use(id).into(requested).only();
    return requested;
}

std::vector<Deployment> watched_deployments(soci::session& session) {
    Query query(session, watched_sql);
    return select_all<Deployment>(query);
}

void begin_watch(soci::session& session, const Deployment& deployment) {
    Query query(session, begin_watch_sql);
    query.use(deployment.watch, deployment.watch_until, deployment.watch_restarts,
              deployment.replaced_deployment_id, deployment.id);
    query.run();
}

bool end_watch(soci::session& session, std::int64_t id, Watch watch) {
    Query query(session, end_watch_sql);
    return query.use(watch, id).run() > 0;
}

void end_other_watches(soci::session& session, std::int64_t project_id, std::int64_t id) {
    Query query(session, end_other_watches_sql);
    query.use(project_id, id).run();
}

bool fail_watched(soci::session& session, std::int64_t id, const Explanation& explanation) {
    const auto json = explanation_to_json(explanation);
    Query query(session, fail_watched_sql);
    if (query.use(explanation.sentence, json, id).run() == 0) return false;
    move_count(session, DeploymentStatus::success, DeploymentStatus::failed);
    return true;
}

void tell_visitors(soci::session& session, std::int64_t id, const std::string& sentence) {
    std::string json;
    Query query(session, explanation_sql);
    if (!query.use(id).into(json).only()) return;
    auto explanation = explanation_from_json(json);
    if (!explanation) return;
    explanation->visitors = sentence;
    const auto changed = explanation_to_json(*explanation);
    Query update(session, set_explanation_sql);
    update.use(changed, id).run();
}

void start_step(soci::session& session, std::int64_t id, StepName step, Timestamp now) {
    Query query(session, start_step_sql);
    query.use(now, id, step).run();
}

void end_step(soci::session& session, std::int64_t id, StepName step, StepStatus status, Timestamp now) {
    Query query(session, end_step_sql);
    query.use(status, now, id, step).run();
}

std::vector<Step> list_steps(soci::session& session, std::int64_t id) {
    std::vector<Step> steps;
    Step step;
    Query query(session, list_steps_sql);
    query.use(id).into(step.name, step.status, step.started_at, step.duration_ms);
    while (query.next()) steps.push_back(step);
    std::ranges::sort(steps, {}, &Step::name);
    return steps;
}

} // namespace panel::database
