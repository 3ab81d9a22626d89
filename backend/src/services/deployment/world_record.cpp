#include "services/deployment/world_record.hpp"

#include "database/deployment_repo.hpp"
#include "database/domain_repo.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"

#include <algorithm>

namespace panel::deployment {

namespace {

// A watch that nobody has ended by then is not being kept: its container is reconcile's again.
constexpr std::chrono::seconds watch_patience{60};

void read_watched(soci::session& session, Timestamp now, WorldRecord& world) {
    for (const auto& watched : database::watched_deployments(session)) {
        const bool is_kept = watched.watch_until && now < *watched.watch_until + watch_patience;
        if (is_kept) world.watched.insert(watched.project_id);
    }
}

} // namespace

bool WorldRecord::has_project(std::int64_t id) const {
    return std::ranges::binary_search(projects, id, {}, &Project::id);
}

WorldRecord read_world(soci::session& session, Timestamp now) {
    WorldRecord world;
    world.projects = database::list_all_projects(session); // by id
    world.domains = database::list_all_domains(session);
    world.live = database::list_live_releases(session);
    world.warm = database::list_warm_releases(session);
    read_watched(session, now, world);
    for (const auto& deployment : database::unfinished_deployments(session, 0)) {
        world.unfinished.insert(deployment.id);
        world.watched.erase(deployment.project_id); // the watch rests
        if (deployment.status != DeploymentStatus::pending) world.deploying.insert(deployment.project_id);
    }
    return world;
}

bool is_deploying(soci::session& session, std::int64_t project_id) {
    const auto unfinished = database::unfinished_deployments(session, project_id);
    return std::ranges::any_of(unfinished, [](const Deployment& deployment) {
        return deployment.status != DeploymentStatus::pending;
    });
}

} // namespace panel::deployment
