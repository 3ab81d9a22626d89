// The pin: a project keeps its live release until the pin is released.
#include "services/deployment/deployment_service.hpp"

#include "database/database.hpp"
#include "database/project_repo.hpp"
#include "services/deployment/deployment_events.hpp"

namespace panel::deployment {

using Event = DeploymentEvents::Event;

asio::awaitable<Result<void>> DeploymentService::pin(Principal principal, std::int64_t project_id,
                                                     std::int64_t deployment_id) {
    auto write = [this, &principal, project_id, deployment_id](soci::session& session) -> Result<void> {
        const auto project = database::find_project(session, principal, project_id);
        if (!project) return fail(Code::not_found, "There is no such project.");
        if (project->live_deployment_id != deployment_id)
            return fail(Code::conflict,
                        "Only the live release can be pinned; roll back to this one instead.");
        if (!database::unfinished_deployments(session, project_id).empty())
            return fail(Code::conflict, "A deployment of this project is under way; cancel it or let it end "
                                        "before the release is pinned.");
        database::set_pinned_deployment(session, project_id, deployment_id, clock_.now());
        return {};
    };
    const auto pinned = co_await database_.write(std::move(write));
    if (pinned) events_.publish({Event::Kind::state_changed, deployment_id, project_id});
    co_return pinned;
}

asio::awaitable<Result<void>> DeploymentService::release_pin(Principal principal, std::int64_t project_id) {
    auto write = [this, &principal, project_id](soci::session& session) -> Result<std::optional<Project>> {
        auto project = database::find_project(session, principal, project_id);
        if (!project) return fail(Code::not_found, "There is no such project.");
        if (!project->pinned_deployment_id) return std::nullopt;
        database::set_pinned_deployment(session, project_id, std::nullopt, clock_.now());
        return project;
    };
    const auto released = co_await database_.write(std::move(write));
    if (!released) co_return std::unexpected(released.error());
    if (*released)
        events_.publish({Event::Kind::state_changed, *(*released)->pinned_deployment_id, project_id});
    co_return Result<void>{};
}

} // namespace panel::deployment
