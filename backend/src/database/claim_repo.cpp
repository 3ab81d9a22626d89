#include "database/claim_repo.hpp"

#include "database/columns.hpp"
#include "database/query.hpp"

namespace panel::database {
namespace {

constexpr std::chrono::seconds longest_lease{60}; // what is later was not given by this clock

// The literal list is the condition of the partial indexes.
#define UNFINISHED(table) table ".status IN ('pending', 'building', 'deploying') "
#define FREE(table)                                                                                          \
    "(" table ".claim_until IS NULL OR " table ".claim_until <= :now OR " table ".claim_until > :horizon) "
#define FREE_PROJECT(table)                                                                                  \
    "NOT EXISTS (SELECT 1 FROM deployments o WHERE o.project_id = " table                                    \
    ".project_id AND " UNFINISHED("o") "AND o.claim_until > :held_now AND o.claim_until <= :held_horizon) "

#define CLAIM                                                                                                \
    "UPDATE deployments SET claim_owner = :owner, claim_until = :until, fence = fence + 1, "                 \
    "attempts = attempts + 1 WHERE id = (SELECT d.id FROM deployments d WHERE " UNFINISHED("d") "AND " FREE( \
        "d") "AND " FREE_PROJECT("d")
#define CLAIMED "ORDER BY d.id LIMIT 1) RETURNING id, project_id, fence, attempts"
constexpr const char* claim_any_sql = CLAIM CLAIMED;
constexpr const char* claim_of_sql = CLAIM "AND d.project_id = :project " CLAIMED;
constexpr const char* unclaimed_sql =
    "SELECT d.project_id, d.id, d.fence FROM deployments d WHERE " UNFINISHED("d") "AND " FREE(
        "d") "AND " FREE_PROJECT("d") "ORDER BY d.project_id, d.id";
#undef CLAIMED
#undef CLAIM
#undef FREE_PROJECT
#undef FREE
#undef UNFINISHED

constexpr const char* extend_sql = "UPDATE deployments SET claim_until = :until WHERE id = :id AND fence = "
                                   ":fence AND claim_until IS NOT NULL";
constexpr const char* holds_sql =
    "SELECT 1 FROM deployments WHERE id = :id AND fence = :fence AND claim_until IS NOT NULL";
constexpr const char* release_sql =
    "UPDATE deployments SET claim_owner = '', claim_until = NULL WHERE id = :id AND fence = :fence";
constexpr const char* hand_back_sql =
    "UPDATE deployments SET claim_owner = '', claim_until = NULL, attempts = attempts - 1 "
    "WHERE status IN ('pending', 'building', 'deploying') AND claim_owner = :owner AND claim_until IS NOT "
    "NULL";
constexpr const char* free_sql =
    "UPDATE deployments SET claim_owner = '', claim_until = NULL "
    "WHERE status IN ('pending', 'building', 'deploying') AND claim_owner = :owner";

} // namespace

std::optional<Claim> claim_next(soci::session& session, std::int64_t project_id, const std::string& owner,
                                std::chrono::milliseconds lease, Timestamp now) {
    Claim claim;
    const Timestamp until = now + lease;
    const Timestamp horizon = now + longest_lease;
    Query query(session, project_id == 0 ? claim_any_sql : claim_of_sql);
    query.use(owner, until, now, horizon, now, horizon);
    if (project_id != 0) query.use(project_id);
    query.into(claim.deployment_id, claim.project_id, claim.fence, claim.attempts);
    if (!query.only()) return std::nullopt;
    return claim;
}

bool extend_claim(soci::session& session, const Claim& claim, std::chrono::milliseconds lease,
                  Timestamp now) {
    const Timestamp until = now + lease;
    Query query(session, extend_sql);
    return query.use(until, claim.deployment_id, claim.fence).run() > 0;
}

bool holds_claim(soci::session& session, const Claim& claim) {
    int one = 0;
    Query query(session, holds_sql);
    return query.use(claim.deployment_id, claim.fence).into(one).only();
}

void release_claim(soci::session& session, const Claim& claim) {
    Query query(session, release_sql);
    query.use(claim.deployment_id, claim.fence).run();
}

void hand_back_claims(soci::session& session, const std::string& owner) {
    Query query(session, hand_back_sql);
    query.use(owner).run();
}

void free_claims(soci::session& session, const std::string& owner) {
    Query query(session, free_sql);
    query.use(owner).run();
}

std::vector<Unclaimed> unclaimed_projects(soci::session& session, Timestamp now) {
    const Timestamp horizon = now + longest_lease;
    std::vector<Unclaimed> projects;
    Unclaimed each;
    Query query(session, unclaimed_sql);
    query.use(now, horizon, now, horizon).into(each.project_id, each.deployment_id, each.fence);
    while (query.next())
        if (projects.empty() || projects.back().project_id != each.project_id) projects.push_back(each);
    return projects;
}

} // namespace panel::database
