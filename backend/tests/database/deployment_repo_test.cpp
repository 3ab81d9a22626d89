#include "database/deployment_repo.hpp"

#include "database/release_repo.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <vector>

using namespace panel;
using namespace panel::database;
using namespace std::chrono_literals;
using panel::test::TempDatabase;

namespace {

struct Setting {
    TempDatabase temp;
    std::int64_t user = temp.add_user("a@example.com", Role::user);
    std::int64_t project = temp.add_project(user, "one");
    std::int64_t id = temp.add_deployment(project);

    DeploymentDetail detail(std::int64_t of) {
        return temp.read([&](soci::session& session) {
            return find_deployment_detail(session, Principal::system(), of).value();
        });
    }
    bool set(std::int64_t of, DeploymentStatus status) {
        return temp.write([&](soci::session& session) {
            return set_deployment_status(session, of, status, temp.clock.now());
        });
    }
    bool finish(std::int64_t of, DeploymentStatus status, const std::optional<Explanation>& why = {},
                StepStatus outcome = StepStatus::success) {
        return temp.write([&](soci::session& session) {
            return finish_deployment(session, of, status, why, outcome, temp.clock.now());
        });
    }
    void succeed(std::int64_t of) {
        CHECK(set(of, DeploymentStatus::building));
        CHECK(set(of, DeploymentStatus::deploying));
        CHECK(finish(of, DeploymentStatus::success));
    }
};

} // namespace

TEST_CASE("a new deployment is pending, with nine steps of which queued runs") {
    Setting setting;
    const auto detail = setting.detail(setting.id);
    CHECK(detail.row.deployment.status == DeploymentStatus::pending);
    CHECK(detail.row.project_name == "one");
    CHECK_FALSE(detail.row.is_live);
    CHECK_FALSE(detail.row.can_roll_back);
    CHECK_FALSE(detail.explanation);
    CHECK(detail.log_bytes == 0);
    REQUIRE(detail.steps.size() == all_steps.size());
    for (std::size_t i = 0; i < all_steps.size(); ++i) {
        CHECK(detail.steps[i].name == all_steps[i]);
        CHECK(detail.steps[i].status == (i == 0 ? StepStatus::running : StepStatus::pending));
    }
    CHECK(detail.steps[0].started_at == setting.temp.clock.now());
}

TEST_CASE("a deployment comes back as it was inserted") {
    Setting setting;
    Deployment deployment;
    deployment.project_id = setting.project;
    deployment.commit_hash = std::string(40, 'a');
    deployment.commit_message = "say \"hi\"; --";
    deployment.commit_author = "L\xc3\xa9na";
    deployment.branch = "next";
    deployment.triggered_by = Trigger::rollback;
    deployment.rollback_of = setting.id;
    deployment.created_at = setting.temp.clock.now();
    const auto id = setting.temp.write(
        [&](soci::session& session) { return insert_deployment(session, deployment, "abc"); });
    const auto found = setting.temp.read(
        [&](soci::session& session) { return find_deployment(session, Principal::system(), id); });
    REQUIRE(found);
    CHECK(found->commit_hash == deployment.commit_hash);
    CHECK(found->commit_message == deployment.commit_message);
    CHECK(found->commit_author == deployment.commit_author);
    CHECK(found->branch == "next");
    CHECK(found->triggered_by == Trigger::rollback);
    CHECK(found->rollback_of == setting.id);
    CHECK_FALSE(found->started_at);
    CHECK(setting.temp.read([&](soci::session& session) { return requested_commit(session, id); }) == "abc");
}

TEST_CASE("a foreign deployment is as absent as an unknown one") {
    Setting setting;
    const Principal owner{setting.user, Role::user, ""};
    const Principal other{setting.temp.add_user("b@example.com", Role::user), Role::user, ""};
    setting.temp.read([&](soci::session& session) {
        CHECK(find_deployment(session, owner, setting.id));
        CHECK(find_deployment_detail(session, owner, setting.id));
        CHECK_FALSE(find_deployment(session, other, setting.id));
        CHECK_FALSE(find_deployment_detail(session, other, setting.id));
        CHECK(list_recent_deployments(session, owner, 0, 10).size() == 1);
        CHECK(list_recent_deployments(session, other, 0, 10).empty());
        CHECK(list_recent_deployments(session, Principal::system(), 0, 10).size() == 1);
    });
}

TEST_CASE("states change only along their rules, and started_at is set once") {
    Setting setting;
    CHECK_FALSE(setting.set(setting.id, DeploymentStatus::success)); // only finish_deployment ends one
    const auto started = setting.temp.clock.now();
    CHECK(setting.set(setting.id, DeploymentStatus::building));
    setting.temp.clock.advance(5s);
    CHECK_FALSE(setting.set(setting.id, DeploymentStatus::building));
    CHECK(setting.set(setting.id, DeploymentStatus::deploying));
    CHECK(setting.detail(setting.id).row.deployment.started_at == started);
    CHECK_FALSE(setting.finish(setting.id, DeploymentStatus::superseded));
    CHECK(setting.finish(setting.id, DeploymentStatus::success));
    CHECK_FALSE(setting.finish(setting.id, DeploymentStatus::failed));
    CHECK_FALSE(setting.set(setting.id, DeploymentStatus::building));
    CHECK_FALSE(setting.set(999, DeploymentStatus::building));
    CHECK(setting.detail(setting.id).row.deployment.duration_seconds() == 5.0);
}

TEST_CASE("a failure keeps its explanation, ends the running step and skips the rest") {
    Setting setting;
    CHECK(setting.set(setting.id, DeploymentStatus::building));
    setting.temp.write([&](soci::session& session) {
        end_step(session, setting.id, StepName::queued, StepStatus::success, setting.temp.clock.now());
        start_step(session, setting.id, StepName::clone, setting.temp.clock.now());
    });
    setting.temp.clock.advance(1500ms);
    const Explanation why{
        "missing_module",  "The build could not find \"x\".", "Nothing is live.", "Add it.", 214,
        "Error: \x1b[31mx"};
    CHECK(setting.finish(setting.id, DeploymentStatus::failed, why, StepStatus::failed));
    const auto detail = setting.detail(setting.id);
    CHECK(detail.row.deployment.error_message == why.sentence);
    REQUIRE(detail.explanation);
    CHECK(detail.explanation->reason == why.reason);
    CHECK(detail.explanation->sentence == why.sentence);
    CHECK(detail.explanation->visitors == why.visitors);
    CHECK(detail.explanation->next_step == why.next_step);
    CHECK(detail.explanation->log_line == 214);
    CHECK(detail.explanation->log_text == why.log_text);
    CHECK(detail.steps[0].status == StepStatus::success);
    CHECK(detail.steps[0].duration_ms == 0);
    CHECK(detail.steps[1].status == StepStatus::failed);
    CHECK(detail.steps[1].duration_ms == 1500);
    for (std::size_t i = 2; i < detail.steps.size(); ++i)
        CHECK(detail.steps[i].status == StepStatus::skipped);
}

TEST_CASE("a deployment that never started has no duration") {
    Setting setting;
    CHECK(setting.finish(setting.id, DeploymentStatus::superseded, {}, StepStatus::skipped));
    CHECK_FALSE(setting.detail(setting.id).row.deployment.duration_seconds());
    CHECK(setting.detail(setting.id).row.deployment.completed_at);
}

TEST_CASE("cancel can be asked for until the end") {
    Setting setting;
    setting.temp.write([&](soci::session& session) {
        CHECK_FALSE(cancel_requested(session, setting.id));
        CHECK(request_cancel(session, setting.id));
        CHECK(request_cancel(session, setting.id));
        CHECK(cancel_requested(session, setting.id));
        CHECK_FALSE(request_cancel(session, 999));
    });
    CHECK(setting.finish(setting.id, DeploymentStatus::cancelled));
    CHECK_FALSE(
        setting.temp.write([&](soci::session& session) { return request_cancel(session, setting.id); }));
}

TEST_CASE("the list says which release is live and which can be rolled back to") {
    Setting setting;
    const auto kept = setting.id;
    const auto live = setting.temp.add_deployment(setting.project);
    const auto gone = setting.temp.add_deployment(setting.project);
    const auto failed = setting.temp.add_deployment(setting.project);
    for (const auto id : {kept, live, gone}) setting.succeed(id);
    CHECK(setting.finish(failed, DeploymentStatus::failed));
    setting.temp.write([&](soci::session& session) {
        for (const auto id : {kept, live, gone, failed}) {
            Release release;
            release.deployment_id = id;
            release.project_id = setting.project;
            release.kind = "server";
            put_release(session, release);
        }
        set_release_image_available(session, gone, false);
        set_live_deployment(session, setting.project, {live}, setting.temp.clock.now());
    });
    const auto rows = setting.temp.read(
        [&](soci::session& session) { return list_deployments(session, setting.project, 0, 10); });
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].deployment.id == failed);
    CHECK_FALSE(rows[0].can_roll_back);
    CHECK_FALSE(rows[1].can_roll_back); // gone
    CHECK(rows[2].is_live);
    CHECK_FALSE(rows[2].can_roll_back);
    CHECK(rows[3].can_roll_back);
    CHECK_FALSE(rows[3].is_live);
    setting.temp.read([&](soci::session& session) {
        CHECK(list_deployments(session, setting.project, rows[1].deployment.id, 1).at(0).deployment.id ==
              live);
        const auto releases = list_kept_releases(session, setting.project);
        REQUIRE(releases.size() == 2);
        CHECK(releases[0].deployment_id == live);
        CHECK(releases[1].deployment_id == kept);
    });
}

TEST_CASE("the newest deployment of each project comes in one go, also for more than fifty projects") {
    Setting setting;
    std::vector<std::int64_t> projects{setting.project};
    std::map<std::int64_t, std::int64_t> expected;
    for (int i = 0; i < 120; ++i)
        projects.push_back(setting.temp.add_project(setting.user, "p" + std::to_string(i)));
    for (const auto id : projects) {
        if (id % 3 == 0) continue; // has none
        setting.temp.add_deployment(id);
        expected[id] = setting.temp.add_deployment(id);
    }
    if (setting.project % 3 == 0) expected[setting.project] = setting.id;
    setting.temp.read([&](soci::session& session) {
        const auto latest = latest_deployments(session, projects);
        REQUIRE(latest.size() == expected.size());
        for (const auto& [id, row] : latest) CHECK(row.deployment.id == expected.at(id));
        CHECK(latest_deployments(session, {}).empty());
        CHECK(latest_deployments(session, {setting.project}).size() == 1);
    });
}

TEST_CASE("unfinished deployments are found oldest first, of one project and of all") {
    Setting setting;
    const auto second = setting.temp.add_deployment(setting.project);
    const auto elsewhere = setting.temp.add_deployment(setting.temp.add_project(setting.user, "two"));
    CHECK(setting.set(second, DeploymentStatus::building));
    const auto ended = setting.temp.add_deployment(setting.project);
    CHECK(setting.finish(ended, DeploymentStatus::failed));
    setting.temp.read([&](soci::session& session) {
        const auto all = unfinished_deployments(session, 0);
        REQUIRE(all.size() == 3);
        CHECK(all[0].id == setting.id);
        CHECK(all[2].id == elsewhere);
        CHECK(unfinished_deployments(session, setting.project).size() == 2);
    });
}

TEST_CASE("commit and plan are kept") {
    Setting setting;
    setting.temp.write([&](soci::session& session) {
        set_deployment_commit(session, setting.id, "hash", "message", "author");
        set_deployment_plan(session, setting.id, R"({"a":1})");
    });
    const auto detail = setting.detail(setting.id);
    CHECK(detail.row.deployment.commit_hash == "hash");
    CHECK(detail.row.deployment.commit_message == "message");
    CHECK(detail.row.deployment.commit_author == "author");
    CHECK(detail.plan_json == R"({"a":1})");
}
