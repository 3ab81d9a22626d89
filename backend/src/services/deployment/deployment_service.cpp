#include "services/deployment/deployment_service.hpp"

#include "base/crash_point.hpp"
#include "database/database.hpp"
#include "database/log_repo.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "models/git_ref.hpp"
#include "services/deployment/deployment_events.hpp"
#include "services/deployment/job_bell.hpp"
#include "services/deployment/rollback.hpp"
#include "services/deployment/runner.hpp"

#include <algorithm>

namespace panel::deployment {

namespace {

using Event = DeploymentEvents::Event;

// What a write brought about: told to listeners after the commit.
struct Changed {
    Result<DeploymentDetail> detail = fail(Code::not_found, "There is no such deployment.");
    std::vector<Event> events;
};

std::unexpected<Error> no_deployment() { return fail(Code::not_found, "There is no such deployment."); }

// The newest trigger wins: what waits for the same project ends as superseded.
void supersede_waiting(soci::session& session, std::int64_t project_id, Timestamp now,
                       std::vector<Event>& events) {
    for (const auto& waiting : database::unfinished_deployments(session, project_id)) {
        if (waiting.status != DeploymentStatus::pending) continue;
        if (!database::finish_deployment(session, waiting.id, DeploymentStatus::superseded, std::nullopt,
                                         StepStatus::skipped, now))
            continue;
        CRASH_POINT("supersede.waiting.ended");
        events.push_back({Event::Kind::state_changed, waiting.id, project_id});
    }
}

void insert_newest(soci::session& session, const Principal& principal, Deployment deployment,
                   Changed& changed) {
    supersede_waiting(session, deployment.project_id, deployment.created_at, changed.events);
    const auto id = database::insert_deployment(session, deployment, deployment.commit_hash);
    CRASH_POINT("trigger.row.inserted");
    changed.events.push_back({Event::Kind::state_changed, id, deployment.project_id});
    changed.detail = *database::find_deployment_detail(session, principal, id);
}

// Also while a rollback that is to be pinned is on its way.
bool is_pinned(soci::session& session, const Project& project) {
    if (project.pinned_deployment_id) return true;
    return std::ranges::any_of(database::unfinished_deployments(session, project.id),
                               &Deployment::pin_when_live);
}

// The release that the failed one replaced, else the newest that is kept.
std::optional<DeploymentDetail> good_release_before(soci::session& session, const Deployment& failed) {
    std::vector<std::int64_t> candidates;
    if (failed.replaced_deployment_id) candidates.push_back(*failed.replaced_deployment_id);
    for (const auto& release : database::list_kept_releases(session, failed.project_id))
        candidates.push_back(release.deployment_id);
    for (const auto id : candidates) {
        if (id == failed.id || id == failed.rollback_of) continue; // the same release
        auto detail = database::find_deployment_detail(session, Principal::system(), id);
        if (detail && detail->row.can_roll_back) return detail;
    }
    return std::nullopt;
}

} // namespace

DeploymentService::DeploymentService(database::Database& database, const Clock& clock,
                                     DeploymentEvents& events, JobBell& bell, Runner& runner)
    : database_(database), clock_(clock), events_(events), bell_(bell), runner_(runner) {}

asio::awaitable<Result<DeploymentDetail>>
DeploymentService::trigger(Principal principal, std::int64_t project_id, TriggerRequest request) {
    if (request.branch) {
        if (auto branch = GitRef::parse(*request.branch); !branch)
            co_return fail_field("branch", branch.error().message);
    }
    if (request.commit_hash && !is_commit_hash(*request.commit_hash))
        co_return fail_field("commit_hash",
                             "a commit is named by its full hash of 40 or 64 hexadecimal digits.");
    auto write = [this, &principal, project_id, &request](soci::session& session) {
        Changed changed;
        const auto project = database::find_project(session, principal, project_id);
        if (!project) {
            changed.detail = fail(Code::not_found, "There is no such project.");
            return changed;
        }
        if (request.condition && !request.condition(session)) {
            changed.detail = fail(Code::conflict, "This deployment has been triggered already.");
            return changed;
        }
        if (!request.release_pin && is_pinned(session, *project)) {
            changed.detail = fail(Code::pinned, "This project is pinned to its live release; release the pin "
                                                "to deploy.");
            return changed;
        }
        if (project->pinned_deployment_id)
            database::set_pinned_deployment(session, project_id, std::nullopt, clock_.now());
        Deployment deployment;
        deployment.project_id = project_id;
        deployment.branch = request.branch.value_or(project->git_branch);
        deployment.commit_hash = request.commit_hash.value_or("");
        deployment.triggered_by = request.triggered_by;
        deployment.created_at = clock_.now();
        insert_newest(session, principal, std::move(deployment), changed);
        if (request.record) request.record(session, changed.detail->row.deployment.id);
        return changed;
    };
    auto changed = co_await database_.write(std::move(write));
    CRASH_POINT("trigger.commit.done");
    for (const auto& event : changed.events) events_.publish(event);
    bell_.ring();
    CRASH_POINT("trigger.bell.rung");
    co_return std::move(changed.detail);
}

asio::awaitable<Result<Rollback>> DeploymentService::roll_back(Principal principal,
                                                               std::int64_t deployment_id, bool pin) {
    auto write = [this, &principal, deployment_id, pin](soci::session& session) {
        Changed changed;
        const auto target = database::find_deployment_detail(session, principal, deployment_id);
        if (!target) return changed;
        if (!target->row.can_roll_back) {
            changed.detail =
                fail(Code::conflict,
                     target->row.is_live
                         ? "This deployment is live already."
                         : "The release of this deployment is not kept: deploy its commit again instead.");
            return changed;
        }
        auto deployment = rollback_row(target->row.deployment, clock_.now());
        deployment.pin_when_live = pin;
        insert_newest(session, principal, std::move(deployment), changed);
        const auto id = changed.detail->row.deployment.id;
        database::set_deployment_plan(session, id, target->plan_json);
        changed.detail = *database::find_deployment_detail(session, principal, id);
        CRASH_POINT("rollback.row.inserted");
        return changed;
    };
    auto changed = co_await database_.write(std::move(write));
    CRASH_POINT("rollback.commit.done");
    for (const auto& event : changed.events) events_.publish(event);
    bell_.ring();
    if (!changed.detail) co_return std::unexpected(changed.detail.error());
    auto not_restored = not_restored_by(changed.detail->plan_json);
    co_return Rollback{std::move(*changed.detail), std::move(not_restored)};
}

asio::awaitable<void> DeploymentService::switch_back(std::int64_t deployment_id, Explanation explanation) {
    auto write = [this, deployment_id, &explanation](soci::session& session) {
        Changed changed;
        const auto failed = database::find_deployment(session, Principal::system(), deployment_id);
        if (!failed) return changed;
        const auto project = database::find_project(session, Principal::system(), failed->project_id);
        if (!project || project->live_deployment_id != deployment_id) return changed;
        if (!database::unfinished_deployments(session, project->id).empty()) return changed;
        const auto target = good_release_before(session, *failed);
        explanation.visitors = what_switch_back_means(target);
        if (!database::fail_watched(session, deployment_id, explanation)) return changed;
        changed.events.push_back({Event::Kind::state_changed, deployment_id, project->id});
        if (!target) return changed;
        auto deployment = rollback_row(target->row.deployment, clock_.now());
        deployment.switch_back_of = deployment_id;
        insert_newest(session, Principal::system(), std::move(deployment), changed);
        const auto id = changed.detail->row.deployment.id;
        database::set_deployment_plan(session, id, target->plan_json);
        const auto log = switch_back_log(*failed, explanation, clock_.now());
        database::append_log(session, id, 0, log);
        return changed;
    };
    const auto changed = co_await database_.write(std::move(write));
    for (const auto& event : changed.events) events_.publish(event);
    bell_.ring();
}

asio::awaitable<Result<DeploymentDetail>> DeploymentService::cancel(Principal principal,
                                                                    std::int64_t deployment_id) {
    auto write = [this, &principal, deployment_id](soci::session& session) {
        Changed changed;
        const auto deployment = database::find_deployment(session, principal, deployment_id);
        if (!deployment) return changed;
        if (is_final(deployment->status)) {
            changed.detail = fail(Code::conflict, "This deployment has ended already.");
            return changed;
        }
        database::request_cancel(session, deployment_id);
        CRASH_POINT("cancel.request.inserted");
        // Not begun: it ends here. Begun: the worker that runs it ends it.
        if (deployment->status == DeploymentStatus::pending)
            database::finish_deployment(session, deployment_id, DeploymentStatus::cancelled, std::nullopt,
                                        StepStatus::cancelled, clock_.now());
        changed.events.push_back({Event::Kind::state_changed, deployment_id, deployment->project_id});
        changed.detail = *database::find_deployment_detail(session, principal, deployment_id);
        return changed;
    };
    auto changed = co_await database_.write(std::move(write));
    CRASH_POINT("cancel.commit.done");
    runner_.cancel(deployment_id);
    CRASH_POINT("cancel.runner.told");
    for (const auto& event : changed.events) events_.publish(event);
    co_return std::move(changed.detail);
}

asio::awaitable<Result<DeploymentDetail>> DeploymentService::find(Principal principal,
                                                                  std::int64_t deployment_id) {
    auto read = [&principal, deployment_id](soci::session& session) {
        return database::find_deployment_detail(session, principal, deployment_id);
    };
    auto detail = co_await database_.read(std::move(read));
    if (!detail) co_return no_deployment();
    co_return std::move(*detail);
}

asio::awaitable<Result<std::vector<DeploymentRow>>>
DeploymentService::list(Principal principal, std::int64_t project_id, std::int64_t before, int limit) {
    auto read = [&principal, project_id, before,
                 limit](soci::session& session) -> Result<std::vector<DeploymentRow>> {
        if (!database::find_project(session, principal, project_id))
            return fail(Code::not_found, "There is no such project.");
        return database::list_deployments(session, project_id, before, limit);
    };
    co_return co_await database_.read(std::move(read));
}

asio::awaitable<std::vector<DeploymentRow>> DeploymentService::list_recent(Principal principal,
                                                                           std::int64_t before, int limit) {
    auto read = [&principal, before, limit](soci::session& session) {
        return database::list_recent_deployments(session, principal, before, limit);
    };
    co_return co_await database_.read(std::move(read));
}

asio::awaitable<Result<DeploymentService::LogPage>> DeploymentService::read_log(Principal principal,
                                                                                std::int64_t deployment_id,
                                                                                std::int64_t offset,
                                                                                std::int64_t limit) {
    auto read = [&principal, deployment_id, offset, limit](soci::session& session) -> Result<LogPage> {
        const auto deployment = database::find_deployment(session, principal, deployment_id);
        if (!deployment) return no_deployment();
        LogPage page;
        page.slice = database::read_log(session, deployment_id, offset, limit);
        // The state is written after the last byte of the log: a final state seen first means that the log is
        // whole.
        page.end = is_final(deployment->status) && page.slice.next_offset >= page.slice.total;
        return page;
    };
    co_return co_await database_.read(std::move(read));
}

} // namespace panel::deployment
