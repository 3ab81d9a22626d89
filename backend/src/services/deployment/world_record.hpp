#pragma once
// What the record says should be on the server, read at once: one snapshot for one pass of reconcile. Plain
// data; read_world blocks, inside Database::read.

#include "models/deployment.hpp"
#include "models/domain.hpp"
#include "models/project.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace panel::deployment {

struct WorldRecord {
    std::vector<Project> projects;
    std::map<std::int64_t, std::vector<Domain>> domains; // by project
    std::map<std::int64_t, Release> live;                // by project
    std::map<std::int64_t, Release> warm;                // by project
    std::set<std::int64_t> deploying;  // projects with a deployment under way: its worker looks after them
    std::set<std::int64_t> watched;    // projects whose live container is the watch's to judge
    std::set<std::int64_t> unfinished; // deployments

    [[nodiscard]] bool has_project(std::int64_t id) const;
};

[[nodiscard]] WorldRecord read_world(soci::session& session, Timestamp now);
// Whether a deployment of the project is under way now: asked again before something is changed.
[[nodiscard]] bool is_deploying(soci::session& session, std::int64_t project_id);

} // namespace panel::deployment
