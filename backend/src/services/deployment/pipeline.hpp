#pragma once
// The order of a deployment, without I/O: told how the last action ended, it says which comes next. The
// runner performs the actions. Pure; one object per deployment. What holds, whatever fails and whenever it is
// cancelled:
//   - the live release is touched only after `commit_live`, the one point of no return: before it everything
//   is undone, after it nothing is;
//   - `finish_success` follows `confirm_route` only: a request through Caddy's own route was answered by the
//   new release.

#include "models/deployment.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace panel::deployment {

enum class Action {
    fetch,          // clone: the branch's newest commit into the mirror
    detect,         // detect: plan from the tree; tells whether the output is static
    build,          // build: image from the tree
    export_files,   // build: static output out of the image onto the disk
    retire_warm,    // start: what was kept warm in the idle slot goes
    start,          // start: the new container in the idle slot
    check_health,   // health: it answers
    route,          // switch: Caddy has the project's site
    switch_over,    // switch: markers point to the new release
    confirm_route,  // switch: a request through Caddy came from it
    commit_live,    // switch: the database says it is live
    drain,          // drain: no request is left on the previous slot
    stop_previous,  // drain: the previous container goes
    finish_success, // finish
    undo_switch,    // after a failure: markers point to the previous release again
    remove_new,     // after a failure: the new container or files go
    finish_failed,  // after a failure or cancel: the record says so
};

[[nodiscard]] std::string_view to_string(Action action);
[[nodiscard]] StepName step_of(Action action);

enum class Outcome { succeeded, failed, cancelled };

struct PipelineStart {
    bool is_rollback = false;    // the release is kept: nothing is fetched or built
    bool is_static = false;      // known beforehand for rollbacks only
    bool already_live = false;   // taken over from a worker that died after commit_live
    bool has_previous = false;   // a container serves visitors now
    bool is_warm = false;        // its container runs in the idle slot: nothing is started
    bool has_warm = false;       // another release's does, and goes first
    bool keeps_previous = false; // blue-green: the previous container stays warm
};

class Pipeline {
  public:
    explicit Pipeline(PipelineStart start);

    // What to do first, and after an action ended. nullopt when all is done.
    [[nodiscard]] Action first() const { return plan_.front(); }
    [[nodiscard]] const Action* next(Outcome outcome);
    // Once detection knows; decides between container and files.
    void set_static(bool is_static);

    [[nodiscard]] Outcome result() const { return result_; } // of the deployment so far
    [[nodiscard]] bool committed() const { return committed_; }

  private:
    void plan_release();
    void plan_undo();

    PipelineStart start_;
    std::vector<Action> plan_; // what is still to come, the current action first
    Outcome result_ = Outcome::succeeded;
    bool started_ = false;  // something of the new release may exist
    bool switched_ = false; // markers may point to it
    bool committed_ = false;
};

} // namespace panel::deployment
