// From an image or files to what visitors get: start, check, switch, drain, and the way back.
#include "services/deployment/execution.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "base/offload.hpp"
#include "database/database.hpp"
#include "database/deployment_repo.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "services/deployment/container_of.hpp"
#include "services/deployment/deployment_events.hpp"
#include "services/deployment/explain.hpp"
#include "services/deployment/health_check.hpp"
#include "services/deployment/release_record.hpp"
#include "services/deployment/site_of.hpp"
#include "services/environment/environment_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace panel::deployment {

namespace {

constexpr std::chrono::milliseconds route_pause{50};
constexpr std::chrono::milliseconds drain_pause{100};
constexpr std::chrono::seconds stop_grace{10};
constexpr int failure_log_lines = 50;

using SteadyClock = std::chrono::steady_clock;

} // namespace

asio::awaitable<bool> Execution::still_runs(const Release& warm) {
    const auto state = co_await ports_.docker.inspect_container(
        container_name(ports_.settings, project_.id, parse_slot(warm.slot)));
    co_return state && state->running;
}

// It got its last new request at the switch before this one, so that one look at its open requests is enough.
asio::awaitable<Result<void>> Execution::retire_warm() {
    const auto slot = std::exchange(warm_, caddy::Slot::none);
    std::vector<caddy::Slot> slots{slot};
    co_await wait_until_quiet(std::move(slots), std::chrono::milliseconds{0});
    const auto name = container_name(ports_.settings, project_.id, slot);
    auto stopped = co_await ports_.docker.stop_container(name, stop_grace);
    if (stopped) stopped = co_await ports_.docker.remove_container(name);
    CRASH_POINT("deploy.warm.retired");
    if (!stopped)
        co_return explain(stopped.error(), "docker",
                          "Check that Docker runs on the server, then deploy again.");
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Execution::start() {
    if (!deployment_.rollback_of) {
        auto variables = co_await ports_.environment.runtime_environment(project_.id);
        if (!variables)
            co_return explain(variables.error(), "environment", "Set the variable again in Settings.");
        environment_ = std::move(*variables);
    }
    release_.slot = caddy::to_string(idle_slot(previous_));
    co_await log_.heading(fmt::format("Starting in the {} slot", release_.slot));
    CRASH_POINT("deploy.start.begun");
    auto container = co_await ports_.docker.create_container(
        container_of(project_, release_, environment_, ports_.settings));
    if (!container && container.error().code == Code::not_found) {
        co_await forget_image();
        co_return explain(Error{Code::not_found, "The image of this release is no longer on the server.", {}},
                          "image_gone", "Deploy the commit again.");
    }
    if (!container)
        co_return explain(container.error(), "docker",
                          "Check that Docker runs on the server, then deploy again.");
    CRASH_POINT("deploy.start.created");
    auto started = co_await ports_.docker.start_container(*container);
    CRASH_POINT("deploy.start.started");
    if (!started) co_return explain(started.error(), "start_failed", "Check the start command in Settings.");
    co_return Result<void>{};
}

// Somebody removed it: what stands on it is offered for rollback no more.
asio::awaitable<void> Execution::forget_image() {
    auto write = [this](soci::session& session) {
        database::forget_image(session, project_.id, release_.image_id);
    };
    co_await ports_.database.write(std::move(write));
}

asio::awaitable<Result<void>> Execution::check_health() {
    const auto slot = parse_slot(release_.slot);
    HealthTarget target;
    target.container = container_name(ports_.settings, project_.id, slot);
    target.host_port = slot_port(project_, slot);
    target.container_port = release_.container_port;
    target.path = release_.health_path;
    target.deadline = ports_.settings.health_timeout;
    target.memory_limit_bytes = limits_of(project_, ports_.settings).memory_bytes;
    co_await log_.heading(
        fmt::format("Waiting for an answer on port {}, path {}", target.container_port, target.path));
    CRASH_POINT("deploy.health.begun");
    const auto verdict = co_await deployment::check_health(ports_.docker, target);
    CRASH_POINT("deploy.health.ended");
    if (!verdict)
        co_return explain(verdict.error(), "docker",
                          "Check that Docker runs on the server, then deploy again.");
    if (verdict->healthy) {
        co_await log_.line(fmt::format("Answered {} with status {}", target.path, verdict->status));
        co_return Result<void>{};
    }
    if (auto printed = co_await ports_.docker.container_log(target.container, failure_log_lines);
        printed && !printed->empty()) {
        co_await log_.heading("What the app printed");
        co_await log_.write(without_times(*printed));
    }
    explanation_ = explain_health(verdict->failure, log_.newest());
    co_return fail(Code::invalid, explanation_->sentence);
}

asio::awaitable<Result<void>> Execution::check_files() {
    release_.slot = caddy::to_string(caddy::Slot::static_files);
    const auto directory = ports_.markers.static_directory(project_.id, static_files_of(release_));
    auto look = [directory, single_page = single_page_] {
        std::error_code error;
        if (std::filesystem::is_empty(directory, error) || error)
            return std::string("The build left no files in its output directory.");
        if (single_page && !std::filesystem::exists(directory / "index.html", error) &&
            !std::filesystem::exists(directory / "200.html", error))
            return std::string("The output directory has no index.html.");
        return std::string();
    };
    const auto problem = co_await offload(ports_.pool, std::move(look));
    if (problem.empty()) co_return Result<void>{};
    co_return explain(Error{Code::invalid, problem, {}}, "no_output",
                      "Check the output directory and the build command in Settings.");
}

asio::awaitable<Result<void>> Execution::route() {
    CRASH_POINT("deploy.route.begun");
    auto applied = co_await ports_.proxy.apply_site(site_);
    CRASH_POINT("deploy.route.applied");
    if (!applied)
        co_return explain(applied.error(), "proxy",
                          "Check that Caddy runs on the server, then deploy again.");
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Execution::switch_over() {
    const auto slot = parse_slot(release_.slot);
    if (slot == caddy::Slot::static_files) {
        auto published = ports_.markers.publish_static(project_.id, static_files_of(release_));
        if (!published) co_return explain(published.error(), "switch", "Check the disk of the server.");
        CRASH_POINT("deploy.switch.published");
    }
    CRASH_POINT("deploy.switch.begun");
    auto set = ports_.markers.set(project_.id, slot, single_page_);
    if (!set) co_return explain(set.error(), "switch", "Check the disk of the server.");
    CRASH_POINT("deploy.switch.marked");
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Execution::confirm_route() {
    const auto end = SteadyClock::now() + ports_.settings.route_timeout;
    Result<caddy::ProbeAnswer> answer = fail(Code::unavailable, "");
    while (true) {
        answer =
            co_await ports_.proxy.probe(site_.domains.front().name, is_static() ? "/" : release_.health_path);
        CRASH_POINT("deploy.confirm.asked");
        if (answer && answer->slot == release_.slot && answer->status < 500) break;
        if (SteadyClock::now() >= end) {
            const auto seen =
                answer ? fmt::format("Caddy answered with status {} from {}.", answer->status,
                                     answer->slot.empty() ? "no release" : "the " + answer->slot + " slot")
                       : answer.error().message;
            co_return explain(
                Error{Code::unavailable, "The new release did not answer through Caddy: " + seen, {}},
                "route", "Check that Caddy runs on the server, then deploy again.");
        }
        co_await sleep_for(route_pause);
    }
    co_return Result<void>{};
}

// In the transaction of the commit: the project may have been changed since this deployment began.
void Execution::go_live(soci::session& session) {
    const auto now = ports_.clock.now();
    const auto project = database::find_project(session, Principal::system(), project_.id);
    if (!project) return;
    const bool stays_pinned = deployment_.switch_back_of && project->pinned_deployment_id;
    database::LiveChange change;
    change.deployment_id = deployment_.id;
    if (deployment_.pin_when_live || stays_pinned) change.pinned_deployment_id = deployment_.id;
    if (keeps_previous_) change.warm_deployment_id = project->live_deployment_id;
    deployment_.replaced_deployment_id = project->live_deployment_id;
    if (project->watch_seconds > 0 && !is_static() && !deployment_.switch_back_of) {
        deployment_.watch = Watch::watching;
        deployment_.watch_until = now + std::chrono::seconds{project->watch_seconds};
    }
    database::begin_watch(session, deployment_);
    database::end_other_watches(session, project_.id, deployment_.id);
    database::set_live_deployment(session, project_.id, change, now);
}

asio::awaitable<Result<void>> Execution::commit_live() {
    CRASH_POINT("deploy.commit.begun");
    release_.environment = ports_.environment.seal_snapshot(project_.id, deployment_.id, environment_);
    release_.image_available = true;
    release_.created_at = ports_.clock.now();
    if (!is_static()) {
        const auto state = co_await ports_.docker.inspect_container(
            container_name(ports_.settings, project_.id, parse_slot(release_.slot)));
        if (state) deployment_.watch_restarts = state->restart_count;
    }
    auto deferred = std::exchange(deferred_, {});
    auto write = [this, &deferred](soci::session& session) {
        if (!database::holds_claim(session, claim_)) return false;
        for (const auto& task : deferred) task(session);
        database::put_release(session, release_);
        go_live(session);
        CRASH_POINT("deploy.commit.written");
        return true;
    };
    const bool written = co_await ports_.database.write(std::move(write));
    if (!written) co_return lose_claim();
    CRASH_POINT("deploy.commit.committed");
    project_.live_deployment_id = deployment_.id;
    ports_.events.publish({DeploymentEvents::Event::Kind::state_changed, deployment_.id, project_.id});
    co_await log_.heading("Switched: new requests get this release");
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Execution::drain() {
    co_await wait_until_quiet(replaced_, ports_.settings.drain_quiet);
    co_return Result<void>{};
}

// At most the drain limit; says so in the log when that passes.
asio::awaitable<void> Execution::wait_until_quiet(std::vector<caddy::Slot> slots,
                                                  std::chrono::milliseconds quiet_time) {
    auto end = SteadyClock::now() + ports_.settings.drain_timeout;
    std::optional<SteadyClock::time_point> quiet_since;
    while (true) {
        if (hurried_at_) end = std::min(end, *hurried_at_ + ports_.settings.limits.hurried_drain);
        Result<int> open = 0;
        for (const auto slot : slots) {
            const auto each = co_await ports_.proxy.open_requests(slot_port(project_, slot));
            open = each && open ? Result<int>(*open + *each) : Result<int>(fail(Code::unavailable, ""));
        }
        CRASH_POINT("deploy.drain.asked");
        const auto now = SteadyClock::now();
        if (!open || *open > 0)
            quiet_since.reset();
        else if (!quiet_since)
            quiet_since = now;
        // One look at zero proves nothing: a request may have chosen this slot and not be counted yet.
        if (quiet_since && now - *quiet_since >= quiet_time) co_return;
        if (now >= end) {
            co_await log_.line(
                open ? fmt::format(
                           "{} requests were still open on the previous release when the drain limit passed.",
                           *open)
                     : "Caddy did not say how many requests were open; the drain limit has passed.");
            co_return;
        }
        co_await sleep_for(drain_pause);
    }
}

asio::awaitable<Result<void>> Execution::stop_previous() {
    for (const auto slot : replaced_) {
        const auto name = container_name(ports_.settings, project_.id, slot);
        CRASH_POINT("deploy.stop.begun");
        auto stopped = co_await ports_.docker.stop_container(
            name, hurried_at_ ? ports_.settings.limits.hurried_stop : stop_grace);
        CRASH_POINT("deploy.stop.stopped");
        if (stopped) stopped = co_await ports_.docker.remove_container(name);
        CRASH_POINT("deploy.stop.removed");
        if (!stopped)
            co_await log_.line("The previous container could not be stopped yet: " + stopped.error().message);
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Execution::undo_switch() {
    CRASH_POINT("undo.switch.begun");
    Result<void> shown;
    if (previous_ == caddy::Slot::static_files)
        shown = ports_.markers.publish_static(project_.id, previous_files_);
    if (auto set = ports_.markers.set(project_.id, previous_, previous_single_page_); !set) co_return set;
    co_return shown;
}

asio::awaitable<Result<void>> Execution::remove_new() {
    // The idle slot is never the one that visitors get, whatever this deployment got to; but it may hold what
    // is kept warm, as long as this one has not begun to start.
    Result<void> removed;
    if (warm_ != idle_slot(previous_))
        removed = co_await ports_.docker.remove_container(
            container_name(ports_.settings, project_.id, idle_slot(previous_)));
    CRASH_POINT("undo.container.removed");
    if (deployment_.rollback_of) co_return removed; // kept images and files are not ours to remove
    auto remove = [directory = ports_.markers.static_directory(project_.id, deployment_.id)] {
        std::error_code error;
        std::filesystem::remove_all(directory, error);
    };
    co_await offload(ports_.pool, std::move(remove));
    CRASH_POINT("undo.files.removed");
    (void)co_await ports_.docker.remove_container(export_name(ports_.settings, project_.id));
    (void)co_await ports_.docker.remove_image(image_tag(ports_.settings, project_.id, deployment_.id));
    CRASH_POINT("undo.image.removed");
    co_return removed;
}

} // namespace panel::deployment
