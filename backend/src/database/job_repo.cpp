#include "database/job_repo.hpp"

#include "database/columns.hpp"
#include "database/query.hpp"

#include <algorithm>

namespace panel::database {
namespace {

#define ROW                                                                                                  \
    "id, fence, task_id, queue, type, payload, headers, group_name, turn, retried, max_retry, timeout_ms, "  \
    "retention_ms, deadline, last_error"
#define IN_LINE "state IN ('ready', 'blocked', 'active') "
#define HELD "WHERE id = :id AND fence = :fence AND state = 'active'"

constexpr const char* add_queue_sql =
    "INSERT INTO job_queues (name) VALUES (:name) ON CONFLICT (name) DO NOTHING";
constexpr const char* queue_turn_sql = "SELECT turn FROM job_queues WHERE name = :name";
constexpr const char* move_turn_sql =
    "UPDATE job_queues SET turn = :turn WHERE name = :name AND turn < :least";
constexpr const char* is_paused_sql = "SELECT paused FROM job_queues WHERE name = :name";
constexpr const char* count_sql =
    "UPDATE job_queues SET processed = processed + 1, failed = failed + :failed WHERE name = :name";
constexpr const char* set_paused_sql = "UPDATE job_queues SET paused = :paused WHERE name = :name";
constexpr const char* queue_stats_sql = "SELECT paused, processed, failed FROM job_queues WHERE name = :name";

constexpr const char* last_turn_sql =
    "SELECT turn FROM jobs WHERE queue = :queue AND group_name = :group_name AND " IN_LINE
    "ORDER BY turn DESC LIMIT 1";
constexpr const char* end_lock_sql =
    "UPDATE jobs SET unique_key = NULL WHERE unique_key = :unique_key AND unique_until <= :now";
constexpr const char* has_id_sql = "SELECT 1 FROM jobs WHERE queue = :queue AND task_id = :task_id";
constexpr const char* insert_sql =
    "INSERT INTO jobs (task_id, queue, type, payload, headers, group_name, turn, state, run_at, max_retry, "
    "timeout_ms, deadline, retention_ms, unique_key, unique_until, created_at) VALUES (:task_id, :queue, "
    ":type, "
    ":payload, :headers, :group_name, :turn, :state, :run_at, :max_retry, :timeout_ms, :deadline, "
    ":retention_ms, "
    ":unique_key, :unique_until, :created_at) ON CONFLICT DO NOTHING";
constexpr const char* take_sql =
    "UPDATE jobs SET state = 'active', lease_owner = :owner, lease_until = :lease_until, fence = fence + 1, "
    "cancel_requested = 0 WHERE id IN (SELECT n.id FROM jobs n WHERE n.queue = :queue AND n.state = 'ready' "
    "ORDER BY n.turn, n.id LIMIT :limit) RETURNING " ROW;
constexpr const char* extend_sql = "UPDATE jobs SET lease_until = :lease_until " HELD;
constexpr const char* delete_sql = "DELETE FROM jobs " HELD;
#define LEAVE "lease_owner = '', lease_until = NULL "
constexpr const char* keep_sql =
    "UPDATE jobs SET state = 'completed', ended_at = :now, unique_key = NULL, " LEAVE HELD;
constexpr const char* retry_sql = "UPDATE jobs SET state = 'retry', run_at = :run_at, retried = retried + 1, "
                                  "last_error = :error, failed_at = :now, " LEAVE HELD;
constexpr const char* archive_sql =
    "UPDATE jobs SET state = 'archived', ended_at = :now, last_error = :error, "
    "failed_at = :failed, " LEAVE HELD;
constexpr const char* hand_back_sql = "UPDATE jobs SET state = 'ready', " LEAVE HELD;
constexpr const char* unblock_sql =
    "UPDATE jobs SET state = 'ready' WHERE id = (SELECT id FROM jobs WHERE queue = :queue AND group_name = "
    ":group_name AND " IN_LINE "ORDER BY turn LIMIT 1) AND state = 'blocked'";
constexpr const char* free_sql =
    "UPDATE jobs SET state = 'ready', retried = retried + 1, last_error = 'the worker was killed', failed_at "
    "= :now, " LEAVE "WHERE state = 'active' AND lease_owner = :owner AND retried < max_retry";
constexpr const char* lapsed_sql =
    "SELECT " ROW
    " FROM jobs WHERE state = 'active' AND lease_until <= :now ORDER BY lease_until LIMIT :limit";
constexpr const char* due_sql =
    "SELECT id, queue, group_name FROM jobs WHERE state IN ('scheduled', 'retry') AND "
    "run_at <= :now ORDER BY run_at, id LIMIT :limit";
constexpr const char* place_sql = "UPDATE jobs SET state = :state, turn = :turn WHERE id = :id";
constexpr const char* drop_completed_sql =
    "DELETE FROM jobs WHERE state = 'completed' AND ended_at + retention_ms <= :now";
constexpr const char* drop_archived_sql =
    "DELETE FROM jobs WHERE state = 'archived' AND ended_at <= :archived_before";
constexpr const char* has_work_sql =
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM jobs j WHERE j.queue = :queue AND j.state = 'ready' AND NOT "
    "EXISTS "
    "(SELECT 1 FROM job_queues q WHERE q.name = j.queue AND q.paused = 1)) "
    "OR EXISTS (SELECT 1 FROM jobs WHERE state = 'active' AND lease_until <= :lapsed) "
    "OR EXISTS (SELECT 1 FROM jobs WHERE state IN ('scheduled', 'retry') AND run_at <= :due) THEN 1 ELSE 0 "
    "END";
constexpr const char* cancel_sql =
    "UPDATE jobs SET cancel_requested = 1 WHERE task_id = :task_id AND state = 'active'";
constexpr const char* cancelled_sql =
    "SELECT id FROM jobs WHERE state = 'active' AND cancel_requested = 1 AND lease_owner = :owner";
constexpr const char* states_sql = "SELECT state, COUNT(*) FROM jobs WHERE queue = :queue GROUP BY state";
constexpr const char* oldest_sql = "SELECT MIN(run_at) FROM jobs WHERE queue = :queue AND state = 'ready'";
#undef LEAVE
#undef HELD
#undef IN_LINE
#undef ROW

void select_into(Query& query, JobRow& job) {
    query.into(job.id, job.fence, job.task_id, job.queue, job.type, job.payload, job.headers, job.group,
               job.turn, job.retried, job.max_retry, job.timeout_ms, job.retention_ms, job.deadline,
               job.last_error);
}

std::vector<JobRow> select_all(Query& query) {
    std::vector<JobRow> rows;
    JobRow row;
    select_into(query, row);
    while (query.next()) rows.push_back(row);
    return rows;
}

void add_queue(soci::session& session, const std::string& name) {
    Query query(session, add_queue_sql);
    query.use(name).run();
}

struct Place {
    std::int64_t turn = 0;
    std::string state = "ready";
};

// Behind the last of its group; a group that waits for nothing is next, beside the others' next.
Place place_of(soci::session& session, const std::string& queue, const std::string& group) {
    Place place;
    Query now_served(session, queue_turn_sql);
    if (!now_served.use(queue).into(place.turn).only()) add_queue(session, queue);
    if (group.empty()) return place;
    std::int64_t last = 0;
    Query query(session, last_turn_sql);
    if (query.use(queue, group).into(last).only()) {
        place.turn = std::max(place.turn, last + 1);
        place.state = "blocked";
    }
    return place;
}

// The first in line of a group is the one that runs or may run, unless that one has just gone.
void unblock(soci::session& session, const JobRow& job) {
    if (job.group.empty()) return;
    Query query(session, unblock_sql);
    query.use(job.queue, job.group).run();
}

void count(soci::session& session, const JobRow& job, bool is_failure) {
    const int failed = is_failure ? 1 : 0;
    Query query(session, count_sql);
    query.use(failed, job.queue).run();
}

} // namespace

Inserted insert_job(soci::session& session, const JobRow& job, Timestamp now) {
    if (job.unique_key) {
        Query query(session, end_lock_sql);
        query.use(*job.unique_key, now).run();
    }
    auto place = place_of(session, job.queue, job.group);
    const auto run_at = std::max(job.run_at.value_or(now), now);
    if (run_at > now) place.state = "scheduled";
    Query query(session, insert_sql);
    query.use(job.task_id, job.queue, job.type, job.payload, job.headers, job.group, place.turn, place.state,
              run_at, job.max_retry, job.timeout_ms, job.deadline, job.retention_ms, job.unique_key,
              job.unique_until, now);
    if (query.run() > 0) return Inserted::kept;
    int one = 0;
    Query taken(session, has_id_sql);
    return taken.use(job.queue, job.task_id).into(one).only() ? Inserted::id_taken : Inserted::unique_taken;
}

std::vector<JobRow> take_jobs(soci::session& session, const std::string& queue, const std::string& owner,
                              std::chrono::milliseconds lease, int limit, Timestamp now) {
    bool paused = false;
    Query look(session, is_paused_sql);
    if (!look.use(queue).into(paused).only() || paused) return {};
    const Timestamp lease_until = now + lease;
    Query take(session, take_sql);
    take.use(owner, lease_until, queue, limit);
    auto jobs = select_all(take);
    std::ranges::sort(jobs, {}, [](const JobRow& job) { return std::pair(job.turn, job.id); });
    if (!jobs.empty()) {
        Query move(session, move_turn_sql);
        move.use(jobs.back().turn, queue, jobs.back().turn).run();
    }
    return jobs;
}

bool extend_job(soci::session& session, const JobRow& job, std::chrono::milliseconds lease, Timestamp now) {
    const Timestamp lease_until = now + lease;
    Query query(session, extend_sql);
    return query.use(lease_until, job.id, job.fence).run() > 0;
}

bool complete_job(soci::session& session, const JobRow& job, Timestamp now) {
    Query query(session, job.retention_ms > 0 ? keep_sql : delete_sql);
    if (job.retention_ms > 0) query.use(now);
    if (query.use(job.id, job.fence).run() == 0) return false;
    unblock(session, job);
    count(session, job, false);
    return true;
}

bool retry_job(soci::session& session, const JobRow& job, const std::string& error, Timestamp run_at,
               Timestamp now) {
    Query query(session, retry_sql);
    if (query.use(run_at, error, now, job.id, job.fence).run() == 0) return false;
    unblock(session, job);
    count(session, job, true);
    return true;
}

bool archive_job(soci::session& session, const JobRow& job, const std::string& error, Timestamp now) {
    Query query(session, archive_sql);
    if (query.use(now, error, now, job.id, job.fence).run() == 0) return false;
    unblock(session, job);
    count(session, job, true);
    return true;
}

bool hand_back_job(soci::session& session, const JobRow& job) {
    Query query(session, hand_back_sql);
    return query.use(job.id, job.fence).run() > 0;
}

void free_jobs(soci::session& session, const std::string& owner, Timestamp now) {
    Query query(session, free_sql);
    query.use(now, owner).run();
}

std::vector<JobRow> lapsed_jobs(soci::session& session, Timestamp now, int limit) {
    Query query(session, lapsed_sql);
    query.use(now, limit);
    return select_all(query);
}

int promote_jobs(soci::session& session, Timestamp now, int limit) {
    std::vector<JobRow> due;
    JobRow job;
    Query query(session, due_sql);
    query.use(now, limit).into(job.id, job.queue, job.group);
    while (query.next()) due.push_back(job);
    for (const auto& each : due) {
        const auto place = place_of(session, each.queue, each.group);
        Query put(session, place_sql);
        put.use(place.state, place.turn, each.id).run();
    }
    return static_cast<int>(due.size());
}

void drop_ended_jobs(soci::session& session, Timestamp now, Timestamp archived_before) {
    Query completed(session, drop_completed_sql);
    completed.use(now).run();
    Query archived(session, drop_archived_sql);
    archived.use(archived_before).run();
}

bool has_due_work(soci::session& session, const std::string& queue, Timestamp now) {
    bool found = false;
    Query query(session, has_work_sql);
    query.use(queue, now, now).into(found).only();
    return found;
}

bool request_job_cancel(soci::session& session, const std::string& task_id) {
    Query query(session, cancel_sql);
    return query.use(task_id).run() > 0;
}

std::vector<std::int64_t> cancelled_jobs(soci::session& session, const std::string& owner) {
    std::vector<std::int64_t> ids;
    std::int64_t id = 0;
    Query query(session, cancelled_sql);
    query.use(owner).into(id);
    while (query.next()) ids.push_back(id);
    return ids;
}

void set_queue_paused(soci::session& session, const std::string& queue, bool paused) {
    add_queue(session, queue);
    Query query(session, set_paused_sql);
    query.use(paused, queue).run();
}

JobStats job_stats(soci::session& session, const std::string& queue) {
    JobStats stats;
    Query totals(session, queue_stats_sql);
    totals.use(queue).into(stats.paused, stats.processed, stats.failed).only();
    std::string state;
    std::int64_t size = 0;
    Query states(session, states_sql);
    states.use(queue).into(state, size);
    while (states.next()) stats.by_state[state] = size;
    Query oldest(session, oldest_sql);
    oldest.use(queue).into(stats.oldest_ready).only();
    return stats;
}

} // namespace panel::database
