#include "database/claim_repo.hpp"

#include "support/temp_database.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace panel;
using namespace panel::database;
using namespace std::chrono_literals;

namespace {

struct Setting {
    test::TempDatabase temp;
    std::int64_t user = temp.add_user("ada@example.com");
    std::int64_t one = temp.add_project(user, "one");
    std::int64_t two = temp.add_project(user, "two");

    Timestamp now() const { return temp.clock.now(); }
    std::int64_t add(std::int64_t project) { return temp.add_deployment(project); }
    std::optional<Claim> claim(const std::string& owner = "w", std::int64_t project = 0) {
        return temp.write(
            [&](soci::session& session) { return claim_next(session, project, owner, 30s, now()); });
    }
    bool extend(const Claim& claim) {
        return temp.write([&](soci::session& session) { return extend_claim(session, claim, 30s, now()); });
    }
    bool holds(const Claim& claim) {
        return temp.read([&](soci::session& session) { return holds_claim(session, claim); });
    }
    bool finish(std::int64_t id) {
        return temp.write([&](soci::session& session) {
            return finish_deployment(session, id, DeploymentStatus::cancelled, std::nullopt,
                                     StepStatus::cancelled, now());
        });
    }
    std::vector<std::int64_t> to_ring() {
        std::vector<std::int64_t> projects;
        for (const auto& each :
             temp.read([&](soci::session& session) { return unclaimed_projects(session, now()); }))
            projects.push_back(each.project_id);
        return projects;
    }
};

using Ids = std::vector<std::int64_t>;

} // namespace

TEST_CASE("the oldest unfinished deployment is claimed first, and once") {
    Setting setting;
    const auto first = setting.add(setting.one);
    const auto second = setting.add(setting.two);
    const auto claim = setting.claim();
    REQUIRE(claim);
    CHECK(claim->deployment_id == first);
    CHECK(claim->project_id == setting.one);
    CHECK(claim->attempts == 1);
    CHECK(claim->fence == 1);
    CHECK_FALSE(claim->is_taken_over());
    CHECK(setting.claim()->deployment_id == second);
    CHECK_FALSE(setting.claim());
}

TEST_CASE("of one project one deployment is claimed at a time, and the next when it has ended") {
    Setting setting;
    const auto first = setting.add(setting.one);
    const auto next = setting.add(setting.one);
    const auto other = setting.add(setting.two);
    CHECK(setting.claim()->deployment_id == first);
    CHECK(setting.claim()->deployment_id == other);
    CHECK_FALSE(setting.claim());
    CHECK(setting.finish(first));
    CHECK(setting.claim()->deployment_id == next);
}

TEST_CASE("a claim can be asked for one project") {
    Setting setting;
    setting.add(setting.one);
    const auto wanted = setting.add(setting.two);
    CHECK(setting.claim("w", setting.two)->deployment_id == wanted);
    CHECK_FALSE(setting.claim("w", setting.two));
    CHECK(setting.claim("w", setting.one));
}

TEST_CASE("what has ended is never claimed, and its end ends its claim") {
    Setting setting;
    const auto id = setting.add(setting.one);
    const auto claim = *setting.claim();
    CHECK(setting.holds(claim));
    CHECK(setting.finish(id));
    CHECK_FALSE(setting.holds(claim));
    CHECK_FALSE(setting.extend(claim));
    CHECK_FALSE(setting.claim());
}

TEST_CASE("a claim that ran out passes on with a new fence, and the old holder can change nothing") {
    Setting setting;
    setting.add(setting.one);
    const auto old = *setting.claim("a");
    setting.temp.clock.advance(30s - 1ms);
    CHECK_FALSE(setting.claim("b"));
    setting.temp.clock.advance(1ms);
    const auto taken = setting.claim("b");
    REQUIRE(taken);
    CHECK(taken->fence == old.fence + 1);
    CHECK(taken->attempts == 2);
    CHECK(taken->is_taken_over());
    CHECK_FALSE(setting.holds(old));
    CHECK_FALSE(setting.extend(old));
    setting.temp.write([&](soci::session& session) { release_claim(session, old); });
    CHECK(setting.holds(*taken));
}

TEST_CASE("a claim that is extended in time stays, and one that ran out unnoticed can still be extended") {
    Setting setting;
    setting.add(setting.one);
    const auto claim = *setting.claim("a");
    setting.temp.clock.advance(20s);
    CHECK(setting.extend(claim));
    setting.temp.clock.advance(20s);
    CHECK_FALSE(setting.claim("b"));
    setting.temp.clock.advance(20s); // nobody wanted it
    CHECK(setting.extend(claim));
    CHECK_FALSE(setting.claim("b"));
}

TEST_CASE("a clock that jumps back does not keep a dead worker's claim for long") {
    Setting setting;
    setting.add(setting.one);
    CHECK(setting.claim("dead"));
    setting.temp.clock.advance(-1h);
    CHECK(setting.to_ring() == Ids{setting.one});
    CHECK(setting.claim("next"));
}

TEST_CASE("a graceful end hands back without counting the attempt, a kill does count") {
    Setting setting;
    setting.add(setting.one);
    setting.add(setting.two);
    const auto mine = *setting.claim("a");
    const auto other = *setting.claim("b");
    setting.temp.write([&](soci::session& session) { hand_back_claims(session, "a"); });
    CHECK_FALSE(setting.holds(mine));
    CHECK(setting.holds(other));
    const auto again = *setting.claim("a");
    CHECK(again.deployment_id == mine.deployment_id);
    CHECK(again.attempts == 1);
    CHECK(again.is_taken_over());
    setting.temp.write([&](soci::session& session) { free_claims(session, "a"); });
    CHECK_FALSE(setting.holds(again));
    CHECK(setting.claim("a")->attempts == 2);
}

TEST_CASE("a released claim is free at once") {
    Setting setting;
    setting.add(setting.one);
    const auto claim = *setting.claim("a");
    setting.temp.write([&](soci::session& session) { release_claim(session, claim); });
    CHECK_FALSE(setting.holds(claim));
    CHECK(setting.claim("b"));
}

TEST_CASE("projects are rung for while they have work and nobody works on them") {
    Setting setting;
    CHECK(setting.to_ring().empty());
    setting.add(setting.one);
    setting.add(setting.one);
    setting.add(setting.two);
    CHECK(setting.to_ring() == Ids{setting.one, setting.two});
    CHECK(setting.claim());
    CHECK(setting.to_ring() == Ids{setting.two});
    setting.temp.clock.advance(30s);
    CHECK(setting.to_ring() == Ids{setting.one, setting.two});
}
