#include "services/server/record_counts.hpp"

#include <string>

namespace panel::server {

namespace {

constexpr const char* count_projects = "SELECT COUNT(*) FROM projects";
constexpr const char* count_deployments = "SELECT status, COUNT(*) FROM deployments GROUP BY status";

Counts read_counts(soci::session& session) {
    Counts counts;
    for (const auto status :
         {DeploymentStatus::pending, DeploymentStatus::building, DeploymentStatus::deploying,
          DeploymentStatus::success, DeploymentStatus::failed, DeploymentStatus::cancelled,
          DeploymentStatus::superseded})
        counts.deployments[status] = 0;
    long long projects = 0;
    session << count_projects, soci::into(projects);
    counts.projects = projects;
    std::string status;
    long long count = 0;
    soci::statement rows = (session.prepare << count_deployments, soci::into(status), soci::into(count));
    rows.execute();
    while (rows.fetch())
        if (const auto parsed = parse_deployment_status(status)) counts.deployments[*parsed] = count;
    return counts;
}

} // namespace

boost::asio::awaitable<Counts> RecordCounts::read() { return database_.read(&read_counts); }

} // namespace panel::server
