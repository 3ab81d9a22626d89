#pragma once
// What may be removed from the disk, each with its reason: first what nothing needs, then, of what is over
// its budget or when space is short, the oldest. Never what is live, nor the release before it, nor a
// project's that is being deployed, nor anything that is not in the ledger. Pure: the same plan is shown and
// carried out.

#include "database/disk_repo.hpp"
#include "models/disk.hpp"
#include "services/server/disk_settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace panel::server {

// A release that can be rolled back to, as far as the disk is concerned.
struct KeptRelease {
    std::int64_t deployment_id = 0;
    std::int64_t project_id = 0;
    std::string item;       // name of the image or of the directory that it needs
    bool is_in_use = false; // live, kept warm or pinned
    int age = 0;            // 0 is the project's newest
};

struct DiskFacts {
    std::vector<DiskItem> items; // longest unused first
    std::vector<KeptRelease> releases;
    std::vector<database::StoredLog> logs;        // that may go, oldest first
    std::map<std::int64_t, std::string> projects; // names
    std::set<std::int64_t> deploying;             // projects with a deployment under way
    std::set<std::string> repositories;           // names of mirrors that a project uses
    Timestamp now;
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0;
    std::int64_t wanted_bytes = 0; // free, when space is asked for; 0: the budgets alone count
};

struct Removal {
    DiskKind kind = DiskKind::image;
    std::string name;  // of the item; of a build log, its deployment
    std::string title; // "atlas-web, deployment 7"
    std::optional<std::int64_t> project_id;
    std::int64_t bytes = 0;
    std::string reason;
    std::vector<std::int64_t> releases; // deployments that cannot be rolled back to afterwards
};

[[nodiscard]] std::vector<Removal> plan_removals(const DiskFacts& facts, const DiskSettings& settings);

} // namespace panel::server
