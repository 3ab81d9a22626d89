#pragma once
// Who works on a deployment: columns of its own row. A claim is a lease in time and a fence that grows with
// each claim; a holder whose fence is old can change nothing. Per project at most one claim holds at a time,
// oldest deployment first. A lease longer than any that is given comes from a clock that has jumped and
// counts as run out. Functions block; call them inside Database::write (`holds_claim` and
// `unclaimed_projects` also inside ::read).

#include "base/clock.hpp"

#include <soci/soci.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace panel::database {

struct Claim {
    std::int64_t deployment_id = 0;
    std::int64_t project_id = 0;
    std::int64_t fence = 0;
    int attempts = 0; // with this one; hand-backs do not count
    // A worker before this one may have left something behind.
    [[nodiscard]] bool is_taken_over() const { return fence > 1; }
};

// The oldest unfinished deployment of the project, or of any project (0), where none is claimed.
[[nodiscard]] std::optional<Claim> claim_next(soci::session& session, std::int64_t project_id,
                                              const std::string& owner, std::chrono::milliseconds lease,
                                              Timestamp now);
bool extend_claim(soci::session& session, const Claim& claim, std::chrono::milliseconds lease, Timestamp now);
// Whether the claim is still this holder's: asked inside the transaction that a stale holder must not make.
[[nodiscard]] bool holds_claim(soci::session& session, const Claim& claim);
// Of one that will not go on: another may claim the deployment at once.
void release_claim(soci::session& session, const Claim& claim);
// Everything that this owner holds, at its orderly end: the attempts do not count.
void hand_back_claims(soci::session& session, const std::string& owner);
// Everything that a process of this name held when it was killed.
void free_claims(soci::session& session, const std::string& owner);

// A project with work that nobody has claimed, by the oldest of its deployments.
struct Unclaimed {
    std::int64_t project_id = 0;
    std::int64_t deployment_id = 0;
    std::int64_t fence = 0;
    friend bool operator==(const Unclaimed&, const Unclaimed&) = default;
};
[[nodiscard]] std::vector<Unclaimed> unclaimed_projects(soci::session& session, Timestamp now);

} // namespace panel::database
