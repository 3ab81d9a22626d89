#include "services/deployment/live_release.hpp"

#include "database/database.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "services/deployment/site_of.hpp"

namespace panel::deployment {

asio::awaitable<Result<LiveRelease::Live>> LiveRelease::find(Principal principal, std::int64_t project_id) {
    auto read = [&principal, project_id](soci::session& session) -> Result<Live> {
        auto project = database::find_project(session, principal, project_id);
        if (!project) return fail(Code::not_found, "There is no such project.");
        Live live;
        if (project->live_deployment_id) {
            const auto release = database::find_release(session, *project->live_deployment_id);
            if (release) live.slot = parse_slot(release->slot);
        }
        live.project = std::move(*project);
        return live;
    };
    co_return co_await ports_.database.read(std::move(read));
}

asio::awaitable<Result<std::string>> LiveRelease::find_container(Principal principal,
                                                                 std::int64_t project_id) {
    const auto live = co_await find(std::move(principal), project_id);
    if (!live) co_return std::unexpected(live.error());
    if (live->slot == caddy::Slot::static_files)
        co_return fail(Code::conflict, "This site is served from disk: no process of it prints anything.");
    if (!is_container(live->slot)) co_return fail(Code::conflict, "No release of this project is live yet.");
    co_return container_name(ports_.settings, project_id, live->slot);
}

asio::awaitable<Result<std::string>> LiveRelease::log(Principal principal, std::int64_t project_id,
                                                      int tail) {
    auto container = co_await find_container(std::move(principal), project_id);
    if (!container) co_return std::unexpected(container.error());
    if (calls_) co_return co_await calls_->log(project_id, tail);
    co_return co_await ports_.docker.container_log(*container, tail);
}

asio::awaitable<Result<void>> LiveRelease::follow_log(Principal principal, std::int64_t project_id,
                                                      docker::LogSink sink) {
    auto container = co_await find_container(std::move(principal), project_id);
    if (!container) co_return std::unexpected(container.error());
    if (calls_) co_return co_await calls_->follow_log(project_id, std::move(sink));
    co_return co_await ports_.docker.follow_container_log(*container, std::move(sink));
}

asio::awaitable<Result<LiveMetrics>> LiveRelease::metrics(Principal principal, std::int64_t project_id) {
    const auto live = co_await find(std::move(principal), project_id);
    if (!live) co_return std::unexpected(live.error());
    LiveMetrics metrics;
    metrics.slot = caddy::to_string(live->slot);
    if (!is_container(live->slot)) co_return metrics;
    if (calls_) co_return co_await calls_->metrics(project_id);
    const auto stats =
        co_await ports_.docker.container_stats(container_name(ports_.settings, project_id, live->slot));
    if (!stats && stats.error().code != Code::not_found) co_return std::unexpected(stats.error());
    if (stats) {
        metrics.running = true;
        metrics.cpu_percent = stats->cpu_percent;
        metrics.memory_bytes = stats->memory_bytes;
        metrics.memory_limit_bytes = stats->memory_limit_bytes;
    }
    metrics.open_requests =
        (co_await ports_.proxy.open_requests(slot_port(live->project, live->slot))).value_or(0);
    co_return metrics;
}

} // namespace panel::deployment
