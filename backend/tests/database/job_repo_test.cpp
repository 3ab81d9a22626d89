#include "database/job_repo.hpp"

#include "support/temp_database.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace panel;
using namespace panel::database;
using namespace std::chrono_literals;

namespace {

struct Setting {
    test::TempDatabase temp;
    Timestamp now() const { return temp.clock.now(); }
    void push(std::int64_t project, std::int64_t subject, std::chrono::milliseconds later = {}) {
        temp.write(
            [&](soci::session& session) { push_job(session, "deploy", project, subject, now() + later); });
    }
    std::optional<JobRow> claim(const std::string& owner = "w") {
        return temp.write([&](soci::session& session) { return claim_job(session, owner, 30s, now()); });
    }
    bool complete(const JobRow& job) {
        return temp.write([&](soci::session& session) { return complete_job(session, job.id, job.fence); });
    }
    bool holds(const JobRow& job) {
        return temp.read([&](soci::session& session) { return holds_lease(session, job.id, job.fence); });
    }
    std::optional<Timestamp> next() {
        return temp.read([](soci::session& session) { return next_job_time(session); });
    }
};

} // namespace

TEST_CASE("the oldest job comes first and is claimed once") {
    Setting setting;
    setting.push(1, 11);
    setting.push(2, 12);
    const auto first = setting.claim();
    REQUIRE(first);
    CHECK(first->kind == "deploy");
    CHECK(first->project_id == 1);
    CHECK(first->subject_id == 11);
    CHECK(first->attempts == 1);
    CHECK(first->fence == 1);
    CHECK(setting.claim()->subject_id == 12);
    CHECK_FALSE(setting.claim());
}

TEST_CASE("a second push of the same subject is ignored") {
    Setting setting;
    setting.push(1, 11);
    setting.push(1, 11);
    const auto job = setting.claim();
    CHECK(setting.complete(*job));
    CHECK_FALSE(setting.claim());
}

TEST_CASE("of one project one job is under way at a time") {
    Setting setting;
    setting.push(1, 11);
    setting.push(1, 12);
    setting.push(2, 21);
    const auto first = setting.claim();
    CHECK(first->subject_id == 11);
    CHECK(setting.claim()->subject_id == 21);
    CHECK_FALSE(setting.claim());
    CHECK(setting.complete(*first));
    CHECK(setting.claim()->subject_id == 12);
}

TEST_CASE("a job that is not due yet waits") {
    Setting setting;
    setting.push(1, 11, 5s);
    CHECK_FALSE(setting.claim());
    CHECK(setting.next() == setting.now() + 5s);
    setting.temp.clock.advance(5s);
    CHECK(setting.claim());
}

TEST_CASE("a lease that ran out passes on with a new fence, and the old holder can change nothing") {
    Setting setting;
    setting.push(1, 11);
    const auto old = *setting.claim("a");
    CHECK(setting.holds(old));
    CHECK(setting.next() == setting.now() + 30s);
    setting.temp.clock.advance(30s - 1ms);
    CHECK_FALSE(setting.claim("b"));
    setting.temp.clock.advance(1ms);
    const auto taken = setting.claim("b");
    REQUIRE(taken);
    CHECK(taken->fence == old.fence + 1);
    CHECK(taken->attempts == 2);
    CHECK_FALSE(setting.holds(old));
    setting.temp.write([&](soci::session& session) {
        CHECK_FALSE(extend_lease(session, old.id, old.fence, 30s, setting.now()));
        CHECK_FALSE(complete_job(session, old.id, old.fence));
        CHECK_FALSE(retry_job(session, old.id, old.fence, setting.now(), "x"));
        CHECK(extend_lease(session, taken->id, taken->fence, 60s, setting.now()));
    });
    CHECK(setting.next() == setting.now() + 60s);
    CHECK(setting.complete(*taken));
    CHECK_FALSE(setting.next());
}

TEST_CASE("a job given back for later is claimed again then") {
    Setting setting;
    setting.push(1, 11);
    const auto job = *setting.claim();
    CHECK(setting.temp.write([&](soci::session& session) {
        return retry_job(session, job.id, job.fence, setting.now() + 10s, "no space");
    }));
    CHECK_FALSE(setting.claim());
    setting.temp.clock.advance(10s);
    const auto again = setting.claim();
    REQUIRE(again);
    CHECK(again->attempts == 2);
    CHECK(again->fence > job.fence);
}

TEST_CASE("a job behind a claimed one of its project does not wake anybody before that lease ends") {
    Setting setting;
    setting.push(1, 11);
    CHECK(setting.claim());
    setting.push(1, 12);
    CHECK(setting.next() == setting.now() + 30s);
}

TEST_CASE("an owner gives back everything it held, and nobody else's") {
    Setting setting;
    setting.push(1, 11);
    setting.push(2, 21);
    const auto mine = *setting.claim("a");
    const auto other = *setting.claim("b");
    setting.temp.write([&](soci::session& session) { release_leases(session, "a", setting.now()); });
    CHECK_FALSE(setting.holds(mine));
    CHECK(setting.holds(other));
    CHECK(setting.claim("c")->subject_id == 11);
}

TEST_CASE("the job of a subject can be withdrawn") {
    Setting setting;
    setting.push(1, 11);
    setting.temp.write([](soci::session& session) { delete_job_of(session, "deploy", 11); });
    CHECK_FALSE(setting.claim());
}
