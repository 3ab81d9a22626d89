#pragma once
// Rows of `jobs`: the embedded queue. A job is claimed with a lease and a fence token that grows with each
// claim; a holder whose fence is old can change nothing. Per project at most one job is claimed at a time,
// oldest first. Functions block; call them inside Database::write.

#include "base/clock.hpp"

#include <soci/soci.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace panel::database {

struct JobRow {
    std::int64_t id = 0;
    std::string kind;
    std::int64_t project_id = 0;
    std::int64_t subject_id = 0;
    int attempts = 0;
    std::int64_t fence = 0;
};

// One job for each kind and subject; a second push is ignored.
void push_job(soci::session& session, const std::string& kind, std::int64_t project_id,
              std::int64_t subject_id, Timestamp run_at);
// The oldest ready job of a project that has none under way; also one whose lease has run out.
[[nodiscard]] std::optional<JobRow> claim_job(soci::session& session, const std::string& owner,
                                              std::chrono::milliseconds lease, Timestamp now);
bool extend_lease(soci::session& session, std::int64_t id, std::int64_t fence,
                  std::chrono::milliseconds lease, Timestamp now);
// Whether the claim is still this holder's: asked inside the transaction that a stale holder must not make.
[[nodiscard]] bool holds_lease(soci::session& session, std::int64_t id, std::int64_t fence);
bool complete_job(soci::session& session, std::int64_t id, std::int64_t fence); // deletes it
bool retry_job(soci::session& session, std::int64_t id, std::int64_t fence, Timestamp run_at,
               const std::string& error);
void delete_job_of(soci::session& session, const std::string& kind, std::int64_t subject_id);
// Gives back everything this owner held: after a graceful stop and at the start of a process that kept its
// owner name.
void release_leases(soci::session& session, const std::string& owner, Timestamp now);
[[nodiscard]] std::optional<Timestamp> next_job_time(soci::session& session); // earliest run_at or lease end

} // namespace panel::database
