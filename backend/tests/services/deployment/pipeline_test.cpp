#include "services/deployment/pipeline.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace panel::deployment;

namespace {

// Plays a deployment; the named actions end as said, all others succeed. Returns the actions, in order.
std::string play(PipelineStart start, bool is_static, const std::map<Action, Outcome>& endings = {}) {
    Pipeline pipeline(start);
    std::string actions;
    auto action = pipeline.first();
    while (true) {
        actions += (actions.empty() ? "" : " ") + std::string(to_string(action));
        if (action == Action::detect) pipeline.set_static(is_static);
        const auto ending = endings.find(action);
        const auto* next = pipeline.next(ending == endings.end() ? Outcome::succeeded : ending->second);
        if (!next) return actions;
        action = *next;
    }
}

constexpr PipelineStart first_deploy{};
constexpr PipelineStart redeploy{.has_previous = true};

} // namespace

TEST_CASE("the first deployment of a server has nothing to drain") {
    CHECK(play(first_deploy, false) ==
          "fetch detect build start check_health route switch_over confirm_route commit_live finish_success");
}

TEST_CASE("a redeploy drains and stops the previous release after the new one is live") {
    CHECK(play(redeploy, false) == "fetch detect build start check_health route switch_over confirm_route "
                                   "commit_live drain stop_previous finish_success");
}

TEST_CASE("a static site is exported, never started") {
    CHECK(play(redeploy, true) == "fetch detect build export_files check_health route switch_over "
                                  "confirm_route commit_live drain stop_previous finish_success");
}

TEST_CASE("a rollback starts what was kept") {
    CHECK(
        play({.is_rollback = true, .has_previous = true}, false) ==
        "start check_health route switch_over confirm_route commit_live drain stop_previous finish_success");
    CHECK(play({.is_rollback = true, .is_static = true}, true) ==
          "check_health route switch_over confirm_route commit_live finish_success");
}

TEST_CASE("a failure before anything was started only reports") {
    for (const auto action : {Action::fetch, Action::detect, Action::build}) {
        const auto actions = play(redeploy, false, {{action, Outcome::failed}});
        CHECK(actions.ends_with(std::string(to_string(action)) + " finish_failed"));
    }
}

TEST_CASE("a failed health check removes the new container and never touches the markers") {
    CHECK(play(redeploy, false, {{Action::check_health, Outcome::failed}}) ==
          "fetch detect build start check_health remove_new finish_failed");
}

TEST_CASE("a start that failed half-way is cleaned up as well") {
    CHECK(play(redeploy, false, {{Action::start, Outcome::failed}}) ==
          "fetch detect build start remove_new finish_failed");
}

TEST_CASE(
    "when the route does not answer, visitors get the previous release back before anything is removed") {
    CHECK(play(redeploy, false, {{Action::confirm_route, Outcome::failed}}) ==
          "fetch detect build start check_health route switch_over confirm_route undo_switch remove_new "
          "finish_failed");
    CHECK(play(redeploy, false, {{Action::switch_over, Outcome::failed}}) ==
          "fetch detect build start check_health route switch_over undo_switch remove_new finish_failed");
}

TEST_CASE("a record that cannot be written undoes the switch") {
    CHECK(play(redeploy, false, {{Action::commit_live, Outcome::failed}})
              .ends_with("confirm_route commit_live undo_switch remove_new finish_failed"));
}

TEST_CASE("once the release is live, neither a failure nor a cancel takes it back") {
    for (const auto outcome : {Outcome::failed, Outcome::cancelled}) {
        CHECK(play(redeploy, false, {{Action::drain, outcome}})
                  .ends_with("commit_live drain stop_previous finish_success"));
        CHECK(play(redeploy, false, {{Action::stop_previous, outcome}})
                  .ends_with("drain stop_previous finish_success"));
    }
}

TEST_CASE("a cancel is undone like a failure, at every action before the release is live") {
    CHECK(play(redeploy, false, {{Action::fetch, Outcome::cancelled}}) == "fetch finish_failed");
    CHECK(play(redeploy, false, {{Action::build, Outcome::cancelled}}) == "fetch detect build finish_failed");
    CHECK(play(redeploy, false, {{Action::start, Outcome::cancelled}})
              .ends_with("start remove_new finish_failed"));
    CHECK(play(redeploy, false, {{Action::confirm_route, Outcome::cancelled}})
              .ends_with("undo_switch remove_new finish_failed"));
}

TEST_CASE("an undo that fails goes on to the end, and removes nothing that visitors may still get") {
    CHECK(play(redeploy, false,
               {{Action::confirm_route, Outcome::failed}, {Action::undo_switch, Outcome::failed}})
              .ends_with("confirm_route undo_switch finish_failed"));
    CHECK(play(redeploy, false,
               {{Action::confirm_route, Outcome::failed}, {Action::remove_new, Outcome::failed}})
              .ends_with("confirm_route undo_switch remove_new finish_failed"));
}

TEST_CASE("blue-green keeps the previous container and replaces what was warm before") {
    CHECK(play({.has_previous = true, .has_warm = true, .keeps_previous = true}, false) ==
          "fetch detect build retire_warm start check_health route switch_over confirm_route commit_live "
          "finish_success");
    CHECK(play({.has_previous = true, .has_warm = true, .keeps_previous = true}, true) ==
          "fetch detect build export_files check_health route switch_over confirm_route commit_live "
          "finish_success");
    CHECK(play({.already_live = true, .has_previous = true, .keeps_previous = true}, false) ==
          "finish_success");
}

TEST_CASE("a rollback to what is warm starts nothing and removes nothing when it fails") {
    constexpr PipelineStart warm{
        .is_rollback = true, .has_previous = true, .is_warm = true, .keeps_previous = true};
    CHECK(play(warm, false) == "check_health route switch_over confirm_route commit_live finish_success");
    CHECK(play(warm, false, {{Action::check_health, Outcome::failed}}) == "check_health finish_failed");
    CHECK(play(warm, false, {{Action::confirm_route, Outcome::failed}}) ==
          "check_health route switch_over confirm_route undo_switch finish_failed");
}

TEST_CASE("a deployment taken over after it went live is only finished") {
    CHECK(play({.already_live = true, .has_previous = true}, false) == "drain stop_previous finish_success");
}
