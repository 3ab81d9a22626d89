#include "services/deployment/reconcile.hpp"

#include "base/crash_point.hpp"
#include "database/database.hpp"
#include "database/deployment_repo.hpp"
#include "database/domain_repo.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "services/deployment/container_of.hpp"
#include "services/deployment/job_bell.hpp"
#include "services/deployment/release_record.hpp"
#include "services/deployment/site_of.hpp"
#include "services/environment/environment_service.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

namespace panel::deployment {

namespace {

struct Record {
    std::vector<Project> projects;
    std::map<std::int64_t, std::vector<Domain>> domains;
    std::map<std::int64_t, Release> live;
    std::set<std::int64_t> deploying; // projects with a deployment under way: its worker looks after them
};

Record read_record(soci::session& session) {
    Record record;
    record.projects = database::list_all_projects(session);
    record.domains = database::list_all_domains(session);
    for (const auto& project : record.projects) {
        if (!project.live_deployment_id) continue;
        if (auto release = database::find_release(session, *project.live_deployment_id))
            record.live.emplace(project.id, std::move(*release));
    }
    for (const auto& deployment : database::unfinished_deployments(session, 0))
        if (deployment.status != DeploymentStatus::pending) record.deploying.insert(deployment.project_id);
    return record;
}

} // namespace

asio::awaitable<void> Reconcile::run() {
    bell_.ring();
    CRASH_POINT("reconcile.bell.rung");
    auto record = co_await ports_.database.read(read_record);
    for (const auto& project : record.projects) {
        const auto live = record.live.find(project.id);
        co_await repair_project(project, record.domains[project.id],
                                live == record.live.end() ? std::nullopt : std::optional(live->second),
                                record.deploying.contains(project.id));
    }
    co_await remove_orphans(record.projects);
}

asio::awaitable<void> Reconcile::repair_project(Project project, std::vector<Domain> domains,
                                                std::optional<Release> live, bool is_deploying) {
    if (!live) co_return;
    if (!is_deploying) {
        const auto slot = parse_slot(live->slot);
        if (slot == caddy::Slot::static_files &&
            ports_.markers.published_static(project.id) != static_files_of(*live)) {
            spdlog::warn("project {}: static link repaired", project.id);
            (void)ports_.markers.publish_static(project.id, static_files_of(*live));
            CRASH_POINT("reconcile.link.repaired");
        }
        if (ports_.markers.read(project.id) != slot) {
            spdlog::warn("project {}: release marker repaired", project.id);
            (void)ports_.markers.set(project.id, slot, is_single_page(*live));
            CRASH_POINT("reconcile.marker.repaired");
        }
        if (is_container(slot)) co_await repair_container(project, *live);
    }
    if (const auto site = site_of(project, domains, ports_.settings)) {
        if (auto applied = co_await ports_.proxy.apply_site(*site); !applied)
            spdlog::warn("project {}: {}", project.id, applied.error().message);
        CRASH_POINT("reconcile.site.applied");
    }
}

asio::awaitable<void> Reconcile::repair_container(const Project& project, const Release& live) {
    const auto name = container_name(ports_.settings, project.id, parse_slot(live.slot));
    const auto state = co_await ports_.docker.inspect_container(name);
    if (state && state->running) co_return;
    if (!state && state.error().code != Code::not_found) {
        spdlog::warn("project {}: {}", project.id, state.error().message);
        co_return;
    }
    auto environment =
        ports_.environment.open_snapshot(live.project_id, live.deployment_id, live.environment);
    if (!environment) {
        spdlog::error("project {}: {}", project.id, environment.error().message);
        co_return;
    }
    spdlog::warn("project {}: its container was gone and is started again", project.id);
    auto container =
        co_await ports_.docker.create_container(container_of(project, live, *environment, ports_.settings));
    CRASH_POINT("reconcile.container.created");
    Result<void> started;
    if (container)
        started = co_await ports_.docker.start_container(*container);
    else
        started = std::unexpected(container.error());
    if (!started) spdlog::error("project {}: {}", project.id, started.error().message);
}

asio::awaitable<void> Reconcile::remove_orphans(const std::vector<Project>& projects) {
    const auto containers =
        co_await ports_.docker.list_containers(label_installation, ports_.settings.installation);
    if (!containers) co_return;
    // Read again: a deployment may have gone live while the containers were listed.
    const auto record = co_await ports_.database.read(read_record);
    for (const auto& container : *containers) {
        const auto label = container.labels.find(label_project);
        if (label == container.labels.end()) continue;
        const auto project = std::ranges::find_if(
            projects, [&](const Project& each) { return std::to_string(each.id) == label->second; });
        if (project != projects.end()) {
            if (record.deploying.contains(project->id)) continue;
            const auto live = record.live.find(project->id);
            if (live != record.live.end() &&
                container.name == container_name(ports_.settings, project->id, parse_slot(live->second.slot)))
                continue;
        }
        spdlog::warn("container {} belongs to no release and is removed", container.name);
        (void)co_await ports_.docker.remove_container(container.id);
        CRASH_POINT("reconcile.orphan.removed");
    }
}

} // namespace panel::deployment
