#include "services/deployment/runner.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "base/offload.hpp"
#include "database/database.hpp"
#include "database/deployment_repo.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "services/deployment/deadlines.hpp"
#include "services/deployment/deployment_events.hpp"
#include "services/deployment/explain.hpp"
#include "services/deployment/release_record.hpp"
#include "services/deployment/site_of.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <filesystem>

namespace panel::deployment {

namespace {

struct Claimed {
    std::optional<Deployment> deployment;
    std::optional<Project> project;
};

Claimed read_claimed(soci::session& session, const database::Claim& claim) {
    Claimed claimed;
    claimed.deployment = database::find_deployment(session, Principal::system(), claim.deployment_id);
    claimed.project = database::find_project(session, Principal::system(), claim.project_id);
    return claimed;
}

struct LogEnd { // an exception ends the flushing too
    BuildLog& log;
    ~LogEnd() { log.stop(); }
};

asio::awaitable<void> keep_flushing(std::shared_ptr<BuildLog> log) { co_await log->keep_flushing(); }

} // namespace

Runner::Runner(asio::any_io_executor executor, Ports& ports)
    : executor_(executor), ports_(ports), tasks_(executor) {}

void Runner::interrupt(Running& running, Interruption interruption) {
    if (running.interruption != Interruption::none) return;
    running.interruption = interruption;
    if (interruption == Interruption::cancelled && running.execution) running.execution->hurry();
    running.signal.emit(asio::cancellation_type::terminal);
}

bool Runner::cancel(std::int64_t deployment_id) {
    const auto found = running_.find(deployment_id);
    if (found == running_.end()) return false;
    interrupt(*found->second, Interruption::cancelled);
    return true;
}

asio::awaitable<void> Runner::find_cancelled() {
    std::vector<std::int64_t> ids;
    for (const auto& [id, running] : running_)
        if (running->interruption == Interruption::none) ids.push_back(id);
    if (ids.empty()) co_return;
    auto read = [ids](soci::session& session) {
        std::vector<std::int64_t> cancelled;
        for (const auto id : ids)
            if (database::cancel_requested(session, id)) cancelled.push_back(id);
        return cancelled;
    };
    for (const auto id : co_await ports_.database.read(std::move(read))) cancel(id);
}

asio::awaitable<void> Runner::stop(std::chrono::milliseconds patience) {
    const auto running = running_; // interrupting may end one and change the map
    for (const auto& [id, entry] : running) interrupt(*entry, Interruption::shutdown);
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!running_.empty() && std::chrono::steady_clock::now() < end)
        co_await sleep_for(std::chrono::milliseconds{10});
    co_await tasks_.stop(patience);
}

asio::awaitable<void> Runner::run(database::Claim claim) {
    const auto running = std::make_shared<Running>(executor_, ports_.settings.claim_time);
    running_[claim.deployment_id] = running;
    tasks_.spawn("heartbeat", keep_claim(claim, running));
    tasks_.spawn("claim watch", watch_claim(running));
    std::string failure;
    try {
        co_await run_claimed(claim, running);
    } catch (const std::exception& error) {
        failure = error.what();
    }
    running->execution = nullptr;
    running->ended = true;
    running->heartbeat.cancel();
    running->claim_end.cancel();
    // Taken over while it ran: the entry is the other run's.
    if (const auto found = running_.find(claim.deployment_id);
        found != running_.end() && found->second == running)
        running_.erase(found);
    if (!failure.empty())
        spdlog::error("deployment {}: {}; it is tried again when its claim has run out", claim.deployment_id,
                      failure);
}

asio::awaitable<void> Runner::run_claimed(database::Claim claim, std::shared_ptr<Running> running) {
    auto read = [&claim](soci::session& session) { return read_claimed(session, claim); };
    auto [deployment, project] = co_await ports_.database.read(std::move(read));
    if (!deployment || !project || is_final(deployment->status)) co_return co_await release(claim);
    const auto log = std::make_shared<BuildLog>(executor_, ports_.database, ports_.clock, ports_.events,
                                                deployment->id, project->id);
    log->guard([claim](soci::session& session) { return database::holds_claim(session, claim); });
    const LogEnd log_end{*log};
    co_await log->open();
    CRASH_POINT("runner.log.opened");
    tasks_.spawn("log", keep_flushing(log));
    if (claim.is_taken_over())
        co_await log->heading("The panel was restarted meanwhile; this deployment starts again");
    if (deployment->cancel_requested) running->interruption = Interruption::cancelled;
    const auto project_id = project->id;
    Execution execution(ports_, *log, std::move(*deployment), std::move(*project), claim);
    running->execution = &execution;
    const auto outcome = co_await run_actions(execution, running, claim.attempts);
    running->execution = nullptr;
    co_await log->close();
    CRASH_POINT("runner.log.closed");
    if (running->interruption == Interruption::shutdown ||
        running->interruption == Interruption::claim_lost) {
        if (!is_final(execution.deployment().status))
            co_return; // unfinished: whoever takes it over starts again
    }
    co_await release(claim);
    CRASH_POINT("runner.claim.released");
    if (outcome == Outcome::succeeded)
        (void)co_await with_deadline(prune(project_id), ports_.settings.limits.prune);
}

asio::awaitable<Outcome> Runner::run_actions(Execution& execution, std::shared_ptr<Running> running,
                                             int attempts) {
    const auto prepare_limit = ports_.settings.limits.prepare;
    auto prepared = co_await with_deadline(execution.prepare(), prepare_limit);
    auto start = prepared ? std::move(*prepared) : Result<PipelineStart>(fail(Code::unavailable, ""));
    if (!prepared) {
        execution.fail_with(explain_slow_start(prepare_limit));
        co_return co_await give_up(execution);
    }
    if (!start) {
        execution.fail_with(explain_error("prepare", start.error().message, "Deploy the commit again."));
        co_return co_await give_up(execution);
    }
    if (attempts > most_attempts && !start->already_live) {
        execution.fail_with(explain_error(
            "interrupted",
            fmt::format("The panel was interrupted {} times while it worked on this deployment.",
                        most_attempts),
            "Deploy the commit again."));
        co_return co_await give_up(execution);
    }
    Pipeline pipeline(*start);
    const Action* action = nullptr;
    auto current = pipeline.first();
    do {
        const auto outcome = co_await perform(execution, current, pipeline, running);
        if (execution.lost_claim()) running->interruption = Interruption::claim_lost;
        if (running->interruption == Interruption::shutdown ||
            running->interruption == Interruption::claim_lost)
            co_return Outcome::cancelled;
        if (current == Action::detect && outcome == Outcome::succeeded)
            pipeline.set_static(execution.is_static());
        execution.end_action(current, outcome);
        action = pipeline.next(outcome);
        execution.set_outcome(pipeline.result());
        if (action) current = *action;
    } while (action);
    co_return pipeline.result();
}

// Until the release is live an action can be interrupted; what undoes and what ends cannot.
asio::awaitable<Outcome> Runner::perform(Execution& execution, Action action, const Pipeline& pipeline,
                                         std::shared_ptr<Running> running) {
    const bool may_interrupt =
        !pipeline.committed() && pipeline.result() == Outcome::succeeded && action != Action::commit_live;
    if (may_interrupt && running->interruption != Interruption::none) co_return Outcome::cancelled;
    Result<void> result;
    try {
        if (may_interrupt)
            result = co_await asio::co_spawn(
                executor_, perform_in_time(execution, action),
                asio::bind_cancellation_slot(running->signal.slot(), asio::use_awaitable));
        else
            result = co_await perform_in_time(execution, action);
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted || running->interruption == Interruption::none)
            throw;
        result = fail(Code::cancelled, "cancelled");
    }
    if (result) co_return Outcome::succeeded;
    CRASH_POINT("runner.action.failed");
    if (action == Action::build)
        (void)co_await with_deadline(ports_.docker.cancel_build(execution.build_id()),
                                     ports_.settings.limits.cancel_build);
    co_return running->interruption != Interruption::none&& may_interrupt ? Outcome::cancelled
                                                                          : Outcome::failed;
}

asio::awaitable<Result<void>> Runner::perform_in_time(Execution& execution, Action action) {
    const auto limit = limit_of(action, ports_.settings);
    if (!limit) co_return co_await execution.perform(action);
    auto result = co_await with_deadline(execution.perform(action), *limit);
    if (result) co_return std::move(*result);
    co_await execution.pass_deadline(action, *limit);
    co_return fail(Code::unavailable, "The step took too long.");
}

// Goes on while the database does not answer: until watch_claim ends the run, the claim may still be ours.
asio::awaitable<void> Runner::keep_claim(database::Claim claim, std::shared_ptr<Running> running) {
    while (!running->ended) {
        running->heartbeat.expires_after(ports_.settings.heartbeat_time);
        co_await running->heartbeat.async_wait(asio::as_tuple(asio::use_awaitable));
        if (running->ended) co_return;
        try {
            if (!co_await beat(claim, running)) co_return;
        } catch (const std::exception& error) {
            spdlog::warn("deployment {}: its claim could not be extended: {}", claim.deployment_id,
                         error.what());
        }
    }
}

// False when the claim is another's.
asio::awaitable<bool> Runner::beat(database::Claim claim, std::shared_ptr<Running> running) {
    const auto asked_at = std::chrono::steady_clock::now();
    const auto claim_time = ports_.settings.claim_time;
    auto extend = [claim, claim_time, &clock = ports_.clock](soci::session& session) {
        const bool held = database::extend_claim(session, claim, claim_time, clock.now());
        return std::pair(held, database::cancel_requested(session, claim.deployment_id));
    };
    const auto [held, cancelled] = co_await ports_.database.write(std::move(extend));
    CRASH_POINT("runner.claim.extended");
    if (!held) {
        interrupt(*running, Interruption::claim_lost);
        co_return false;
    }
    running->claim_end.expires_at(asked_at + claim_time);
    if (cancelled) interrupt(*running, Interruption::cancelled);
    co_return true;
}

asio::awaitable<void> Runner::watch_claim(std::shared_ptr<Running> running) {
    while (!running->ended) {
        const auto [error] = co_await running->claim_end.async_wait(asio::as_tuple(asio::use_awaitable));
        if (error == asio::error::operation_aborted) continue; // extended, or ended
        interrupt(*running, Interruption::claim_lost);
        co_return;
    }
}

// Ends a deployment as failed before its first action; what an interrupted run left behind goes.
asio::awaitable<Outcome> Runner::give_up(Execution& execution) {
    execution.set_outcome(Outcome::failed);
    (void)co_await perform_in_time(execution, Action::remove_new);
    (void)co_await perform_in_time(execution, Action::finish_failed);
    co_return Outcome::failed;
}

asio::awaitable<void> Runner::release(database::Claim claim) {
    auto write = [&claim](soci::session& session) { database::release_claim(session, claim); };
    co_await ports_.database.write(std::move(write));
}

// Keeps the newest releases for rollback; images and files of older ones go.
asio::awaitable<void> Runner::prune(std::int64_t project_id) {
    auto read = [project_id](soci::session& session) {
        return std::tuple(database::list_kept_releases(session, project_id),
                          database::list_given_up_releases(session, project_id),
                          database::find_project(session, Principal::system(), project_id));
    };
    auto [kept, going, project] = co_await ports_.database.read(std::move(read));
    if (!project) co_return;
    std::erase_if(going, [&project](const Release& release) {
        return release.deployment_id == project->live_deployment_id;
    });
    const auto limit = static_cast<std::size_t>(ports_.settings.keep_releases);
    for (std::size_t i = limit; i < kept.size(); ++i)
        if (kept[i].deployment_id != project->live_deployment_id &&
            kept[i].deployment_id != project->warm_deployment_id)
            going.push_back(kept[i]);
    std::erase_if(kept, [&going](const Release& release) {
        return std::ranges::find(going, release.deployment_id, &Release::deployment_id) != going.end();
    });
    for (const auto& release : going) {
        // The record first: killed in between, it would promise a rollback to what is gone. What is left then
        // is an orphan, which reconcile removes.
        auto write = [&release](soci::session& session) {
            database::set_release_image_available(session, release.deployment_id, false);
        };
        co_await ports_.database.write(std::move(write));
        CRASH_POINT("prune.record.written");
        // A rollback shares the image or the files of the release that it brought back.
        const bool in_use = std::ranges::find(kept, release.image_id, &Release::image_id) != kept.end();
        if (release.kind == "static" && !in_use) {
            auto remove = [directory =
                               ports_.markers.static_directory(project_id, static_files_of(release))] {
                std::error_code error;
                std::filesystem::remove_all(directory, error);
            };
            co_await offload(ports_.pool, std::move(remove));
        } else if (release.kind != "static" && !in_use) {
            (void)co_await ports_.docker.remove_image(release.image_id);
        }
        CRASH_POINT("prune.release.removed");
    }
}

} // namespace panel::deployment
