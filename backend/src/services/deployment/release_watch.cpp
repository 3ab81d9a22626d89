#include "services/deployment/release_watch.hpp"

#include "base/deadline.hpp"
#include "database/database.hpp"
#include "database/deployment_repo.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "services/deployment/container_of.hpp"
#include "services/deployment/deployment_events.hpp"
#include "services/deployment/deployment_service.hpp"
#include "services/deployment/health_check.hpp"
#include "services/deployment/log_text.hpp"
#include "services/deployment/revive.hpp"
#include "services/deployment/site_of.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace panel::deployment {

namespace {

constexpr std::chrono::milliseconds answer_deadline{3'000};
constexpr int printed_lines = 20;

} // namespace

ReleaseWatch::ReleaseWatch(asio::any_io_executor executor, Ports& ports, DeploymentService& deployments)
    : ports_(ports), deployments_(deployments), began_(ports.clock.now()), tasks_(std::move(executor)) {}

void ReleaseWatch::start() { tasks_.spawn("watch", keep_looking()); }

asio::awaitable<void> ReleaseWatch::stop(std::chrono::milliseconds patience) {
    stopping_ = true;
    co_await tasks_.stop(patience);
}

asio::awaitable<void> ReleaseWatch::keep_looking() {
    while (!stopping_) {
        try {
            co_await look();
        } catch (const soci::soci_error& error) { // the next look finds the same
            spdlog::error("watch: {}", error.what());
        }
        co_await sleep_for(interval);
    }
}

std::vector<ReleaseWatch::Watched> ReleaseWatch::read_watched(soci::session& session) {
    std::vector<Watched> out;
    for (auto& deployment : database::watched_deployments(session)) {
        if (deployment.status != DeploymentStatus::success) continue; // its last steps are under way
        auto project = database::find_project(session, Principal::system(), deployment.project_id);
        auto release = database::find_release(session, deployment.id);
        if (!project || !release || project->live_deployment_id != deployment.id) continue;
        const bool is_resting = !database::unfinished_deployments(session, project->id).empty();
        out.push_back({std::move(deployment), std::move(*project), std::move(*release), is_resting});
    }
    return out;
}

asio::awaitable<void> ReleaseWatch::look() {
    auto watched = co_await ports_.database.read(&ReleaseWatch::read_watched);
    std::erase_if(judges_, [&watched](const auto& entry) {
        return std::ranges::none_of(
            watched, [&entry](const Watched& each) { return each.deployment.id == entry.first; });
    });
    for (auto& each : watched)
        if (!each.is_resting) co_await look_at(std::move(each));
}

// A judge that begins with a release that was live before this process: the machine may have been restarted.
WatchJudge& ReleaseWatch::judge_of(const Deployment& deployment) {
    const auto [entry, is_new] = judges_.try_emplace(deployment.id, deployment.watch_restarts);
    if (is_new && deployment.completed_at && *deployment.completed_at < began_) entry->second.excuse_next();
    return entry->second;
}

asio::awaitable<Result<WatchLook>> ReleaseWatch::see(const Watched& watched) {
    WatchLook look;
    const auto slot = parse_slot(watched.release.slot);
    const auto state =
        co_await ports_.docker.inspect_container(container_name(ports_.settings, watched.project.id, slot));
    if (!state && state.error().code != Code::not_found) co_return std::unexpected(state.error());
    look.exists = state.has_value();
    if (!state) co_return look;
    look.running = state->running;
    look.exit_code = state->exit_code;
    look.out_of_memory = state->out_of_memory;
    look.restarts = state->restart_count;
    if (look.running)
        look.last_status =
            co_await ask_health(slot_port(watched.project, slot), watched.release.container_port,
                                watched.release.health_path, answer_deadline);
    co_return look;
}

asio::awaitable<void> ReleaseWatch::look_at(Watched watched) {
    const auto& deployment = watched.deployment;
    const auto seen = co_await see(watched);
    if (!seen) { // says nothing about the release; what ended meanwhile may have ended with the engine
        judge_of(deployment).excuse_next();
        co_return;
    }
    const bool is_over = !deployment.watch_until || ports_.clock.now() >= *deployment.watch_until;
    switch (judge_of(deployment).judge(*seen, is_over)) {
    case WatchJudge::Verdict::wait: co_return;
    case WatchJudge::Verdict::passed: co_return co_await end(watched, Watch::passed);
    case WatchJudge::Verdict::failed: co_return co_await give_up(std::move(watched), *seen);
    case WatchJudge::Verdict::start_again: break;
    }
    spdlog::warn("deployment {}: ended while nobody could watch it, and is started again", deployment.id);
    if (const auto started = co_await revive(ports_, watched.project, watched.release); !started)
        spdlog::error("deployment {}: {}", deployment.id, started.error().message);
}

asio::awaitable<void> ReleaseWatch::end(const Watched& watched, Watch watch) {
    auto write = [id = watched.deployment.id, watch](soci::session& session) {
        return database::end_watch(session, id, watch);
    };
    if (!co_await ports_.database.write(std::move(write))) co_return;
    ports_.events.publish(
        {DeploymentEvents::Event::Kind::state_changed, watched.deployment.id, watched.deployment.project_id});
}

asio::awaitable<void> ReleaseWatch::give_up(Watched watched, WatchLook seen) {
    const auto slot = parse_slot(watched.release.slot);
    const auto printed = co_await ports_.docker.container_log(
        container_name(ports_.settings, watched.project.id, slot), printed_lines);
    WatchedApp app;
    app.health_path = watched.release.health_path;
    app.memory_limit_bytes = limits_of(watched.project, ports_.settings).memory_bytes;
    app.restarts = watched.deployment.watch_restarts;
    if (printed) app.printed = plain_lines(*printed);
    app.live_for =
        std::chrono::duration_cast<std::chrono::seconds>(ports_.clock.now() - watched.release.created_at);
    auto explanation = explain_watch(seen, app);
    spdlog::warn("deployment {}: {}", watched.deployment.id, explanation.sentence);
    co_await deployments_.switch_back(watched.deployment.id, std::move(explanation));
}

} // namespace panel::deployment
