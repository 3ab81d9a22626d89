#include "services/deployment/execution.hpp"

#include "base/crash_point.hpp"
#include "database/database.hpp"
#include "database/deployment_repo.hpp"
#include "database/domain_repo.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "services/deployment/deadlines.hpp"
#include "services/deployment/deployment_events.hpp"
#include "services/deployment/explain.hpp"
#include "services/deployment/release_record.hpp"
#include "services/deployment/site_of.hpp"
#include "services/environment/environment_service.hpp"

#include <fmt/format.h>

#include <exception>

namespace panel::deployment {

namespace {

struct Before {
    std::vector<Domain> domains;
    std::optional<Release> live;
    std::optional<Release> kept; // the release to roll back to
    std::optional<Release> warm;
};

DeploymentStatus status_during(Action action) {
    return step_of(action) < StepName::start ? DeploymentStatus::building : DeploymentStatus::deploying;
}

} // namespace

Execution::Execution(Ports& ports, BuildLog& log, Deployment deployment, Project project,
                     database::Claim claim)
    : ports_(ports),
      log_(log),
      deployment_(std::move(deployment)),
      project_(std::move(project)),
      claim_(claim),
      build_id_(fmt::format("vps-panel-d{}-{}", deployment_.id, claim_.fence)) {}

asio::awaitable<Result<PipelineStart>> Execution::prepare() {
    auto read = [project = project_.id, live = project_.live_deployment_id, kept = deployment_.rollback_of,
                 warm = project_.warm_deployment_id](soci::session& session) {
        Before before;
        before.domains = database::list_domains(session, project);
        if (live) before.live = database::find_release(session, *live);
        if (kept) before.kept = database::find_release(session, *kept);
        if (warm) before.warm = database::find_release(session, *warm);
        return before;
    };
    auto before = co_await ports_.database.read(std::move(read));
    if (before.warm) warm_ = parse_slot(before.warm->slot);
    auto site = site_of(project_, before.domains, ports_.settings);
    if (!site) co_return std::unexpected(site.error());
    site_ = std::move(*site);
    domains_ = std::move(before.domains);

    PipelineStart start;
    start.already_live = project_.live_deployment_id == deployment_.id;
    if (before.live) {
        previous_ = parse_slot(before.live->slot);
        previous_files_ = static_files_of(*before.live);
        previous_single_page_ = is_single_page(*before.live);
    }
    if (start.already_live) {
        // What the other slots hold, if anything, is what there was before: it is drained and stopped.
        already_live_ = true;
        release_ = *before.live;
        for (const auto slot : {caddy::Slot::blue, caddy::Slot::green})
            if (slot != previous_) replaced_.push_back(slot);
        start.has_previous = true;
        start.keeps_previous = is_container(warm_);
        co_return start;
    }
    start.has_previous = is_container(previous_);
    keeps_previous_ = start.has_previous && !deployment_.switch_back_of &&
                      project_.release_strategy == ReleaseStrategy::blue_green;
    start.keeps_previous = keeps_previous_;
    if (start.has_previous) replaced_.push_back(previous_);
    // Markers that a dead worker left half-way: the record is right.
    const bool other_files = previous_ == caddy::Slot::static_files &&
                             ports_.markers.published_static(project_.id) != previous_files_;
    if (ports_.markers.read(project_.id) != previous_ || other_files) {
        if (other_files)
            if (auto shown = ports_.markers.publish_static(project_.id, previous_files_); !shown)
                co_return std::unexpected(shown.error());
        if (auto set = ports_.markers.set(project_.id, previous_, previous_single_page_); !set)
            co_return std::unexpected(set.error());
        CRASH_POINT("deploy.prepare.repaired");
    }
    if (claim_.is_taken_over() && warm_ != idle_slot(previous_))
        (void)co_await ports_.docker.remove_container(
            container_name(ports_.settings, project_.id, idle_slot(previous_)));
    if (deployment_.rollback_of) {
        auto taken_up = co_await take_up_kept(std::move(before.kept), before.warm);
        if (!taken_up) co_return std::unexpected(taken_up.error());
        start.is_rollback = true;
        start.is_static = is_static();
    }
    start.is_warm = is_warm_;
    start.has_warm = is_container(warm_) && !is_warm_;
    release_.deployment_id = deployment_.id;
    release_.project_id = project_.id;
    CRASH_POINT("deploy.prepare.done");
    co_return start;
}

// The release of a rollback is the kept one; its container may still run.
asio::awaitable<Result<void>> Execution::take_up_kept(std::optional<Release> kept,
                                                      const std::optional<Release>& warm) {
    if (!kept || !kept->image_available)
        co_return fail(Code::conflict, fmt::format("The release of deployment {} is no longer kept.",
                                                   *deployment_.rollback_of));
    release_ = std::move(*kept);
    auto environment =
        ports_.environment.open_snapshot(release_.project_id, release_.deployment_id, release_.environment);
    if (!environment) co_return std::unexpected(environment.error());
    environment_ = std::move(*environment);
    single_page_ = is_single_page(release_);
    is_warm_ = warm && warm->deployment_id == release_.deployment_id && is_container(warm_) &&
               warm_ != previous_ && co_await still_runs(*warm);
    if (!is_warm_) {
        release_.slot.clear(); // where it ran last; another release may live there now
        release_.container_deployment_id.reset();
    } else if (!release_.container_deployment_id) {
        release_.container_deployment_id = release_.deployment_id;
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Execution::enter_step(Action action) {
    const bool is_undo = outcome_ != Outcome::succeeded;
    const auto step = step_of(action);
    if (is_undo ? !step_ : step_ == step) co_return Result<void>{};
    const auto previous = std::exchange(step_, step);
    if (is_undo) step_.reset(); // the failed step stays the last that ran
    const bool is_first = !previous;
    const auto ending = std::exchange(step_ending_, StepStatus::success);
    auto deferred = std::exchange(deferred_, {});
    auto write = [this, step, previous, ending, is_first, is_undo, action,
                  &deferred](soci::session& session) {
        const auto now = ports_.clock.now();
        if (!database::holds_claim(session, claim_)) return false;
        for (const auto& task : deferred) task(session);
        if (previous) database::end_step(session, deployment_.id, *previous, ending, now);
        if (is_undo) return true;
        if (is_first && already_live_) // the worker before did the rest; it died behind the switch
            database::end_step(session, deployment_.id, StepName::switch_over, StepStatus::success, now);
        else
            pass_steps(session, previous.value_or(StepName::queued), step, is_first, now);
        database::start_step(session, deployment_.id, step, now);
        database::set_deployment_status(session, deployment_.id, status_during(action), now);
        CRASH_POINT("deploy.step.written");
        return true;
    };
    if (!co_await ports_.database.write(std::move(write))) co_return lose_claim();
    CRASH_POINT("deploy.step.committed");
    ports_.events.publish({DeploymentEvents::Event::Kind::state_changed, deployment_.id, project_.id});
    co_return Result<void>{};
}

// The steps between two that run are skipped; the wait in the queue ends with the first.
void Execution::pass_steps(soci::session& session, StepName from, StepName to, bool is_first,
                           Timestamp now) const {
    if (is_first) database::end_step(session, deployment_.id, StepName::queued, StepStatus::success, now);
    for (const auto skipped : all_steps)
        if (skipped > from && skipped < to)
            database::end_step(session, deployment_.id, skipped, StepStatus::skipped, now);
}

std::unexpected<Error> Execution::lose_claim() {
    lost_claim_ = true;
    return fail(Code::conflict, "Another worker has taken this deployment over.");
}

asio::awaitable<Result<void>> Execution::perform(Action action) {
    if (action == Action::retire_warm) // on the record before it is touched
        deferred_.push_back([id = project_.id](soci::session& session) {
            database::set_warm_deployment(session, id, std::nullopt);
        });
    if (action != Action::finish_success && action != Action::finish_failed) {
        auto entered = co_await enter_step(action);
        if (!entered) co_return entered;
    }
    switch (action) {
    case Action::fetch: co_return co_await fetch();
    case Action::detect: co_return co_await detect();
    case Action::build: co_return co_await build();
    case Action::export_files: co_return co_await export_files();
    case Action::retire_warm: co_return co_await retire_warm();
    case Action::start: co_return co_await start();
    case Action::check_health: co_return co_await (is_static() ? check_files() : check_health());
    case Action::route: co_return co_await route();
    case Action::switch_over: co_return co_await switch_over();
    case Action::confirm_route: co_return co_await confirm_route();
    case Action::commit_live: co_return co_await commit_live();
    case Action::drain: co_return co_await drain();
    case Action::stop_previous: co_return co_await stop_previous();
    case Action::undo_switch: co_return co_await undo_switch();
    case Action::remove_new: co_return co_await remove_new();
    case Action::finish_success:
    case Action::finish_failed: co_return co_await finish();
    }
    co_return fail(Code::internal, "unknown action");
}

void Execution::end_action(Action, Outcome outcome) {
    if (outcome == Outcome::failed && outcome_ == Outcome::succeeded) step_ending_ = StepStatus::failed;
    if (outcome == Outcome::cancelled && outcome_ == Outcome::succeeded) step_ending_ = StepStatus::cancelled;
}

asio::awaitable<Result<void>> Execution::finish() {
    const auto status = outcome_ == Outcome::succeeded   ? DeploymentStatus::success
                        : outcome_ == Outcome::cancelled ? DeploymentStatus::cancelled
                                                         : DeploymentStatus::failed;
    if (explanation_ && outcome_ == Outcome::failed)
        explanation_->visitors = what_visitors_see(project_.live_deployment_id);
    if (outcome_ == Outcome::succeeded) {
        co_await log_.heading(fmt::format("Live at {}", url_of(project_, domains_, ports_.settings)));
    } else if (outcome_ == Outcome::cancelled) {
        co_await log_.heading("Cancelled. " + what_visitors_see(project_.live_deployment_id));
    } else if (explanation_) {
        co_await log_.line("\x1b[31m==> Failed:\x1b[0m " + explanation_->sentence + " " +
                           explanation_->visitors);
    }
    co_await log_.close();
    CRASH_POINT("deploy.finish.begun");
    auto deferred = std::exchange(deferred_, {});
    auto write = [this, status, &deferred](soci::session& session) {
        const auto now = ports_.clock.now();
        if (!database::holds_claim(session, claim_)) return false;
        for (const auto& task : deferred) task(session);
        if (step_) database::end_step(session, deployment_.id, *step_, step_ending_, now);
        if (status == DeploymentStatus::success) {
            database::start_step(session, deployment_.id, StepName::finish, now);
            if (step_ && *step_ < StepName::drain)
                database::end_step(session, deployment_.id, StepName::drain, StepStatus::skipped, now);
        }
        const auto ending = status == DeploymentStatus::success     ? StepStatus::success
                            : status == DeploymentStatus::cancelled ? StepStatus::cancelled
                                                                    : StepStatus::failed;
        const auto told = status == DeploymentStatus::failed ? explanation_ : std::nullopt;
        database::finish_deployment(session, deployment_.id, status, told, ending, now);
        if (deployment_.switch_back_of)
            database::tell_visitors(session, *deployment_.switch_back_of,
                                    status == DeploymentStatus::success
                                        ? fmt::format("The server went back to the release of deployment {} "
                                                      "by itself.",
                                                      *deployment_.rollback_of)
                                        : "Going back did not work; visitors still get this release.");
        CRASH_POINT("deploy.finish.written");
        if (status == DeploymentStatus::failed && !project_.live_deployment_id)
            database::set_project_status(session, project_.id, ProjectStatus::failed, now);
        return true;
    };
    const bool written = co_await ports_.database.write(std::move(write));
    if (!written) co_return lose_claim();
    CRASH_POINT("deploy.finish.committed");
    ports_.events.publish({DeploymentEvents::Event::Kind::log_grew, deployment_.id, project_.id});
    ports_.events.publish({DeploymentEvents::Event::Kind::state_changed, deployment_.id, project_.id});
    co_return Result<void>{};
}

asio::awaitable<void> Execution::pass_deadline(Action action, std::chrono::milliseconds limit) {
    auto explanation = explain_deadline(action, limit);
    const bool is_live = project_.live_deployment_id == deployment_.id;
    if (outcome_ == Outcome::succeeded && !is_live)
        explanation_ = std::move(explanation);
    else
        co_await log_.line(explanation.sentence + " The server tidies up by itself.");
}

void Execution::hurry() {
    if (!hurried_at_) hurried_at_ = std::chrono::steady_clock::now();
}

Result<void> Execution::explain(const Error& error, std::string reason, std::string next_step) {
    if (error.code != Code::cancelled)
        explanation_ = explain_error(std::move(reason), error.message, std::move(next_step));
    return std::unexpected(error);
}

} // namespace panel::deployment
