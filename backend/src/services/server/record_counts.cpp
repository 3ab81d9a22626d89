#include "services/server/record_counts.hpp"

#include "database/deployment_repo.hpp"
#include "database/project_repo.hpp"

namespace panel::server {

namespace {

Counts read_counts(soci::session& session) {
    Counts counts;
    counts.projects = database::count_projects(session);
    counts.deployments = database::count_deployments(session);
    for (const auto status :
         {DeploymentStatus::pending, DeploymentStatus::building, DeploymentStatus::deploying,
          DeploymentStatus::success, DeploymentStatus::failed, DeploymentStatus::cancelled,
          DeploymentStatus::superseded})
        counts.deployments.try_emplace(status, 0);
    counts.repairs = database::list_repairs(session);
    return counts;
}

} // namespace

boost::asio::awaitable<Counts> RecordCounts::read() { return database_.read(&read_counts); }

} // namespace panel::server
