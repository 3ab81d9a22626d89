#include "services/deployment/pipeline.hpp"

namespace panel::deployment {

std::string_view to_string(Action action) {
    switch (action) {
    case Action::fetch: return "fetch";
    case Action::detect: return "detect";
    case Action::build: return "build";
    case Action::export_files: return "export_files";
    case Action::retire_warm: return "retire_warm";
    case Action::start: return "start";
    case Action::check_health: return "check_health";
    case Action::route: return "route";
    case Action::switch_over: return "switch_over";
    case Action::confirm_route: return "confirm_route";
    case Action::commit_live: return "commit_live";
    case Action::drain: return "drain";
    case Action::stop_previous: return "stop_previous";
    case Action::finish_success: return "finish_success";
    case Action::undo_switch: return "undo_switch";
    case Action::remove_new: return "remove_new";
    case Action::finish_failed: return "finish_failed";
    }
    return "";
}

StepName step_of(Action action) {
    switch (action) {
    case Action::fetch: return StepName::clone;
    case Action::detect: return StepName::detect;
    case Action::build:
    case Action::export_files: return StepName::build;
    case Action::retire_warm:
    case Action::start: return StepName::start;
    case Action::check_health: return StepName::health;
    case Action::route:
    case Action::switch_over:
    case Action::confirm_route:
    case Action::commit_live: return StepName::switch_over;
    case Action::drain:
    case Action::stop_previous: return StepName::drain;
    default: return StepName::finish;
    }
}

Pipeline::Pipeline(PipelineStart start) : start_(start) {
    if (start_.already_live) {
        committed_ = true;
        if (!start_.keeps_previous) plan_ = {Action::drain, Action::stop_previous};
        plan_.push_back(Action::finish_success);
    } else if (start_.is_rollback) {
        plan_release();
    } else {
        plan_ = {Action::fetch, Action::detect};
    }
}

void Pipeline::set_static(bool is_static) { start_.is_static = is_static; }

void Pipeline::plan_release() {
    const bool starts = !start_.is_static && !start_.is_warm;
    if (starts && start_.has_warm) plan_.push_back(Action::retire_warm);
    if (starts) plan_.push_back(Action::start);
    plan_.insert(plan_.end(), {Action::check_health, Action::route, Action::switch_over,
                               Action::confirm_route, Action::commit_live});
    if (start_.has_previous && !start_.keeps_previous)
        plan_.insert(plan_.end(), {Action::drain, Action::stop_previous});
    plan_.push_back(Action::finish_success);
}

void Pipeline::plan_undo() {
    plan_.clear();
    if (switched_) plan_.push_back(Action::undo_switch);
    if (started_) plan_.push_back(Action::remove_new);
    plan_.push_back(Action::finish_failed);
}

const Action* Pipeline::next(Outcome outcome) {
    const auto done = plan_.front();
    plan_.erase(plan_.begin());
    const bool undoing = result_ != Outcome::succeeded;
    // Visitors may still get the new release: it stays, and reconcile puts markers and containers right.
    if (undoing && done == Action::undo_switch && outcome != Outcome::succeeded)
        std::erase(plan_, Action::remove_new);
    // What may have left something behind counts as begun, even when it failed half-way.
    if (done == Action::start || done == Action::export_files) started_ = true;
    if (done == Action::switch_over) switched_ = true;
    if (outcome == Outcome::succeeded && done == Action::commit_live) committed_ = true;

    if (outcome != Outcome::succeeded && !committed_ && !undoing) {
        result_ = outcome;
        plan_undo();
    } else if (done == Action::detect && !undoing) {
        plan_.push_back(Action::build);
        if (start_.is_static) plan_.push_back(Action::export_files);
        plan_release();
    }
    return plan_.empty() ? nullptr : &plan_.front();
}

} // namespace panel::deployment
