#include "services/deployment/container_repair.hpp"

#include "database/database.hpp"
#include "database/deployment_repo.hpp"
#include "database/project_repo.hpp"
#include "services/deployment/deployment_events.hpp"
#include "services/deployment/revive.hpp"
#include "services/deployment/site_of.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace panel::deployment {

namespace {

constexpr int many_starts = 3; // in a row: the app does not stay up
constexpr int most_warm_starts = 2;

bool has_label(const docker::ContainerState& container, const char* label, const std::string& value) {
    const auto found = container.labels.find(label);
    return found != container.labels.end() && found->second == value;
}

// It runs, it is the one that this release started, and the project's network reaches it.
bool fits(const docker::ContainerState& container, const Release& release, const std::string& network) {
    const auto started_by = release.container_deployment_id.value_or(release.deployment_id);
    const bool is_connected = std::ranges::find(container.networks, network) != container.networks.end();
    return container.running && is_connected &&
           (has_label(container, label_deployment, std::to_string(started_by)) ||
            has_label(container, label_deployment, std::to_string(release.deployment_id)));
}

std::string why_not(const Error& error) {
    if (error.code == Code::not_found)
        return "The image of the live release is no longer on the server: deploy again.";
    return "The app of the live release cannot be started: " + error.message;
}

} // namespace

asio::awaitable<void> ContainerRepair::run(const WorldRecord& world,
                                           const std::vector<docker::ContainerState>& containers) {
    ByName present;
    for (const auto& container : containers) present.emplace(container.name, &container);
    for (const auto& project : world.projects) {
        if (world.deploying.contains(project.id)) continue;
        const auto live = world.live.find(project.id);
        if (live == world.live.end()) continue;
        if (is_container(parse_slot(live->second.slot)) && !world.watched.contains(project.id))
            co_await keep_live(project, live->second, present);
        if (const auto warm = world.warm.find(project.id); warm != world.warm.end())
            co_await keep_warm(project, warm->second, present);
    }
    co_await remove_extra(world, containers);
}

// Looks again when the list does not show it: it may be younger than the list.
asio::awaitable<bool> ContainerRepair::is_as_it_should_be(const Project& project, const Release& release,
                                                          const ByName& present) {
    const auto network = network_name(ports_.settings, project.id);
    const auto name = container_name(ports_.settings, project.id, parse_slot(release.slot));
    const auto listed = present.find(name);
    if (listed != present.end() && fits(*listed->second, release, network)) co_return true;
    const auto now = co_await ports_.docker.inspect_container(name);
    if (!now && now.error().code != Code::not_found) co_return true; // cannot be told: left alone
    co_return now&& fits(*now, release, network);
}

// The record is asked again: since the world was read, a deployment may have begun or the project be removed.
asio::awaitable<bool> ContainerRepair::may_touch(const Project& project) {
    auto read = [&project](soci::session& session) {
        const auto now = database::find_project(session, Principal::system(), project.id);
        return now && now->live_deployment_id == project.live_deployment_id &&
               !is_deploying(session, project.id);
    };
    co_return co_await ports_.database.read(std::move(read));
}

asio::awaitable<void> ContainerRepair::keep_live(const Project& project, const Release& live,
                                                 const ByName& present) {
    const auto name = container_name(ports_.settings, project.id, parse_slot(live.slot));
    if (co_await is_as_it_should_be(project, live, present)) {
        starts_.erase(live.deployment_id);
        if (!project.status_reason.empty()) co_await tell(project, ProjectStatus::active, "");
        co_return;
    }
    if (!co_await may_touch(project)) co_return;
    const auto listed = present.find(name);
    const int exit_code = listed == present.end() ? 0 : listed->second->exit_code;
    const auto started = co_await revive(ports_, project, live);
    if (!started) {
        if (started.error().code == Code::unavailable) co_return; // Docker went away: the next pass
        co_return co_await tell(project, ProjectStatus::failed, why_not(started.error()));
    }
    repairs_.note("container", fmt::format("project {}: its container was not running as it should and is "
                                           "started again",
                                           project.id));
    if (++starts_[live.deployment_id] >= many_starts)
        co_await tell(project, ProjectStatus::failed,
                      fmt::format("The app stops again and again (exit code {}); it is started again each "
                                  "time.",
                                  exit_code));
}

asio::awaitable<void> ContainerRepair::keep_warm(const Project& project, const Release& warm,
                                                 const ByName& present) {
    if (project.release_strategy != ReleaseStrategy::blue_green)
        co_return co_await drop_warm(project, "the project keeps no release warm any more");
    if (co_await is_as_it_should_be(project, warm, present)) {
        starts_.erase(warm.deployment_id);
        co_return;
    }
    if (!co_await may_touch(project)) co_return;
    if (++starts_[warm.deployment_id] > most_warm_starts)
        co_return co_await drop_warm(project, "its warm release does not stay up");
    const auto started = co_await revive(ports_, project, warm);
    if (started)
        repairs_.note("container",
                      fmt::format("project {}: its warm container is started again", project.id));
    else if (started.error().code != Code::unavailable)
        co_await drop_warm(project, started.error().message);
}

// Off the record; the next pass removes the container as one that nothing accounts for.
asio::awaitable<void> ContainerRepair::drop_warm(const Project& project, const std::string& why) {
    auto write = [&project](soci::session& session) {
        const auto now = database::find_project(session, Principal::system(), project.id);
        if (!now || now->warm_deployment_id != project.warm_deployment_id) return false;
        if (is_deploying(session, project.id)) return false;
        database::set_warm_deployment(session, project.id, std::nullopt);
        return true;
    };
    if (co_await ports_.database.write(std::move(write)))
        repairs_.note("warm", fmt::format("project {}: {}", project.id, why));
}

asio::awaitable<void> ContainerRepair::remove_extra(const WorldRecord& world,
                                                    const std::vector<docker::ContainerState>& containers) {
    std::map<std::string, std::int64_t> wanted; // name -> project
    for (const auto* releases : {&world.live, &world.warm})
        for (const auto& [project_id, release] : *releases)
            if (const auto slot = parse_slot(release.slot); is_container(slot))
                wanted.emplace(container_name(ports_.settings, project_id, slot), project_id);
    for (const auto& container : containers) {
        const auto label = container.labels.find(label_project);
        if (label == container.labels.end() || wanted.contains(container.name)) continue;
        const auto project = std::ranges::find_if(
            world.projects, [&](const Project& each) { return std::to_string(each.id) == label->second; });
        if (project != world.projects.end()) {
            if (world.deploying.contains(project->id)) continue;
            if (!co_await may_touch(*project)) continue;
        }
        const auto removed = co_await ports_.docker.remove_container(container.id);
        if (removed)
            repairs_.note("extra_container",
                          fmt::format("container {} belonged to no release and is gone", container.name));
    }
}

asio::awaitable<void> ContainerRepair::tell(const Project& project, ProjectStatus status,
                                            std::string reason) {
    if (project.status == status && project.status_reason == reason) co_return;
    auto write = [this, &project, status, &reason](soci::session& session) {
        const auto now = database::find_project(session, Principal::system(), project.id);
        if (!now || now->live_deployment_id != project.live_deployment_id) return false;
        database::set_project_status(session, project.id, status, ports_.clock.now(), reason);
        return true;
    };
    if (!co_await ports_.database.write(std::move(write))) co_return;
    if (!reason.empty()) spdlog::error("project {}: {}", project.id, reason);
    ports_.events.publish(
        {DeploymentEvents::Event::Kind::state_changed, project.live_deployment_id.value_or(0), project.id});
}

} // namespace panel::deployment
