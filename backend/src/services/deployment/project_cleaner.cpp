#include "services/deployment/project_cleaner.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "base/offload.hpp"
#include "database/database.hpp"
#include "database/deployment_repo.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "services/deployment/runner.hpp"
#include "services/deployment/site_of.hpp"

namespace panel::deployment {

namespace {
constexpr std::chrono::seconds cancel_patience{10};
constexpr const char* half_removed =
    "The project was being removed and that was interrupted: remove it again, or deploy to bring it back.";
} // namespace

asio::awaitable<void> ProjectCleaner::end_deployments(std::int64_t project_id) {
    auto read = [project_id](soci::session& session) {
        return database::unfinished_deployments(session, project_id);
    };
    const auto end = std::chrono::steady_clock::now() + cancel_patience;
    while (true) {
        const auto unfinished = co_await ports_.database.read(read);
        if (unfinished.empty() || std::chrono::steady_clock::now() >= end) co_return;
        auto request = [this, &unfinished](soci::session& session) {
            for (const auto& deployment : unfinished) {
                database::request_cancel(session, deployment.id);
                if (deployment.status == DeploymentStatus::pending)
                    database::finish_deployment(session, deployment.id, DeploymentStatus::cancelled,
                                                std::nullopt, StepStatus::cancelled, ports_.clock.now());
            }
        };
        co_await ports_.database.write(std::move(request));
        for (const auto& deployment : unfinished) runner_.cancel(deployment.id);
        co_await sleep_for(std::chrono::milliseconds{50});
    }
}

asio::awaitable<Result<void>> ProjectCleaner::remove(Project project) {
    CRASH_POINT("project.remove.begun");
    co_await end_deployments(project.id);
    CRASH_POINT("project.remove.cancelled");
    // Off the record first: reconcile must not bring back what is being taken away, also not after a crash.
    auto take_down = [this, id = project.id](soci::session& session) {
        database::take_project_down(session, id, half_removed, ports_.clock.now());
    };
    co_await ports_.database.write(std::move(take_down));
    CRASH_POINT("project.remove.taken_down");
    if (auto removed = co_await ports_.proxy.remove_site(project.id); !removed) co_return removed;
    CRASH_POINT("project.site.removed");
    const auto containers = co_await ports_.docker.list_containers(label_project, std::to_string(project.id));
    if (!containers) co_return std::unexpected(containers.error());
    for (const auto& container : *containers) {
        const auto installation = container.labels.find(label_installation);
        if (installation == container.labels.end() || installation->second != ports_.settings.installation)
            continue; // another panel's
        if (auto removed = co_await ports_.docker.remove_container(container.id); !removed) co_return removed;
    }
    CRASH_POINT("project.containers.removed");
    auto read = [&project](soci::session& session) {
        return std::pair(database::list_kept_releases(session, project.id),
                         database::git_url_used_elsewhere(session, project.git_url, project.id));
    };
    const auto [releases, mirror_shared] = co_await ports_.database.read(std::move(read));
    for (const auto& release : releases)
        if (release.kind != "static") (void)co_await ports_.docker.remove_image(release.image_id);
    CRASH_POINT("project.images.removed");
    if (auto removed = co_await ports_.docker.remove_network(network_name(ports_.settings, project.id));
        !removed)
        co_return removed;
    CRASH_POINT("project.network.removed");
    auto remove_files = [this, id = project.id] { return ports_.markers.remove_project(id); };
    if (auto removed = co_await offload(ports_.pool, std::move(remove_files)); !removed) co_return removed;
    CRASH_POINT("project.files.removed");
    if (auto url = GitUrl::parse(project.git_url); url && !mirror_shared)
        (void)co_await ports_.git.remove_mirror(*url);
    co_return Result<void>{};
}

} // namespace panel::deployment
