#include "database/job_repo.hpp"

#include "database/columns.hpp"
#include "database/query.hpp"

namespace panel::database {
namespace {

constexpr const char* push_sql = "INSERT INTO jobs (kind, project_id, subject_id, state, run_at, created_at) "
                                 "VALUES (:kind, :project, :subject, 'ready', :run_at, :created) "
                                 "ON CONFLICT (kind, subject_id) DO NOTHING";
// A project whose job is claimed under a lease that has not run out gives nothing.
constexpr const char* claim_sql =
    "UPDATE jobs SET state = 'claimed', lease_owner = :owner, lease_until = :lease_until, fence = fence + 1, "
    "attempts = attempts + 1 "
    "WHERE id = (SELECT j.id FROM jobs j WHERE ((j.state = 'ready' AND j.run_at <= :ready_now) OR (j.state = "
    "'claimed' AND j.lease_until <= :lapsed_now)) "
    "AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.project_id = j.project_id AND o.state = 'claimed' AND "
    "o.lease_until > :held_now) "
    "ORDER BY j.id LIMIT 1) RETURNING id, kind, project_id, subject_id, attempts, fence";
constexpr const char* holds_sql =
    "SELECT 1 FROM jobs WHERE id = :id AND fence = :fence AND state = 'claimed'";
constexpr const char* extend_sql =
    "UPDATE jobs SET lease_until = :lease_until WHERE id = :id AND fence = :fence AND state = 'claimed'";
constexpr const char* complete_sql =
    "DELETE FROM jobs WHERE id = :id AND fence = :fence AND state = 'claimed'";
constexpr const char* retry_sql = "UPDATE jobs SET state = 'ready', run_at = :run_at, last_error = :error, "
                                  "lease_until = NULL, lease_owner = '' "
                                  "WHERE id = :id AND fence = :fence AND state = 'claimed'";
constexpr const char* delete_of_sql = "DELETE FROM jobs WHERE kind = :kind AND subject_id = :subject";
constexpr const char* release_sql =
    "UPDATE jobs SET state = 'ready', run_at = :now, lease_until = NULL, lease_owner = '' "
    "WHERE state = 'claimed' AND lease_owner = :owner";
// A ready job behind a claimed one of its project becomes claimable with the end of that lease, not before.
constexpr const char* next_time_sql = "SELECT MIN(moment) FROM (SELECT lease_until AS moment FROM jobs WHERE "
                                      "state = 'claimed' UNION ALL SELECT j.run_at FROM jobs j "
                                      "WHERE j.state = 'ready' AND NOT EXISTS (SELECT 1 FROM jobs o WHERE "
                                      "o.project_id = j.project_id AND o.state = 'claimed')) AS moments";

} // namespace

void push_job(soci::session& session, const std::string& kind, std::int64_t project_id,
              std::int64_t subject_id, Timestamp run_at) {
    Query query(session, push_sql);
    query.use(kind, project_id, subject_id, run_at, run_at).run();
}

std::optional<JobRow> claim_job(soci::session& session, const std::string& owner,
                                std::chrono::milliseconds lease, Timestamp now) {
    JobRow job;
    const Timestamp lease_until = now + lease;
    Query query(session, claim_sql);
    query.use(owner, lease_until, now, now, now)
        .into(job.id, job.kind, job.project_id, job.subject_id, job.attempts, job.fence);
    if (!query.only()) return std::nullopt;
    return job;
}

bool extend_lease(soci::session& session, std::int64_t id, std::int64_t fence,
                  std::chrono::milliseconds lease, Timestamp now) {
    const Timestamp lease_until = now + lease;
    Query query(session, extend_sql);
    return query.use(lease_until, id, fence).run() > 0;
}

bool holds_lease(soci::session& session, std::int64_t id, std::int64_t fence) {
    int one = 0;
    Query query(session, holds_sql);
    return query.use(id, fence).into(one).only();
}

bool complete_job(soci::session& session, std::int64_t id, std::int64_t fence) {
    Query query(session, complete_sql);
    return query.use(id, fence).run() > 0;
}

bool retry_job(soci::session& session, std::int64_t id, std::int64_t fence, Timestamp run_at,
               const std::string& error) {
    Query query(session, retry_sql);
    return query.use(run_at, error, id, fence).run() > 0;
}

void delete_job_of(soci::session& session, const std::string& kind, std::int64_t subject_id) {
    Query query(session, delete_of_sql);
    query.use(kind, subject_id).run();
}

void release_leases(soci::session& session, const std::string& owner, Timestamp now) {
    Query query(session, release_sql);
    query.use(now, owner).run();
}

std::optional<Timestamp> next_job_time(soci::session& session) {
    std::optional<Timestamp> moment;
    Query query(session, next_time_sql);
    query.into(moment).only();
    return moment;
}

} // namespace panel::database
