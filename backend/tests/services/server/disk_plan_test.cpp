// What may be removed from the disk and why: the plan alone, no disk.

#include "services/server/disk_plan.hpp"

#include "services/server/disk_forecast.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace panel;
using namespace panel::server;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t megabyte = 1 << 20;
const Timestamp now = from_milliseconds(1'800'000'000'000);

DiskItem item(DiskKind kind, std::string name, std::int64_t megabytes, std::int64_t project,
              std::chrono::hours age) {
    return {kind,
            std::move(name),
            project == 0 ? std::nullopt : std::optional(project),
            megabytes * megabyte,
            now - age,
            now - age};
}

// One project with five kept releases of 100 MB each, the newest live.
DiskFacts facts() {
    DiskFacts facts;
    facts.now = now;
    facts.total_bytes = 40'000 * megabyte;
    facts.free_bytes = 20'000 * megabyte;
    facts.projects = {{1, "atlas-web"}};
    for (int age = 4; age >= 0; --age) {
        const auto name = "sha256:" + std::to_string(5 - age);
        facts.items.push_back(item(DiskKind::image, name, 100, 1, std::chrono::hours{24 * (age + 1)}));
        facts.releases.push_back({5 - age, 1, name, age == 0, age});
    }
    return facts;
}

std::vector<std::string> names(const std::vector<Removal>& removals) {
    std::vector<std::string> out;
    for (const auto& removal : removals) out.push_back(removal.name);
    return out;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("what fits its budget and is needed stays") { CHECK(plan_removals(facts(), {}).empty()); }

TEST_CASE("what no release, no project and no repository needs goes, with its reason") {
    auto given = facts();
    given.items.push_back(item(DiskKind::image, "sha256:stray", 10, 1, 2h));
    given.items.push_back(item(DiskKind::static_files, "9/4", 5, 9, 2h));
    given.items.push_back(item(DiskKind::access_log, "9.log", 1, 9, 2h));
    given.items.push_back(item(DiskKind::repository, "aa.git", 7, 0, 48h));
    given.items.push_back(item(DiskKind::repository, "bb.git", 7, 0, 48h));
    given.repositories = {"bb.git"};
    const auto plan = plan_removals(given, {});
    CHECK(names(plan) == Names{"sha256:stray", "9/4", "9.log", "aa.git"});
    CHECK(plan[0].reason == "No release that is kept needs it.");
    CHECK(plan[0].title == "atlas-web");
    CHECK(plan[1].reason == "Its project was deleted.");
    CHECK(plan[1].title == "deleted project 9");
    CHECK(plan[3].reason == "No project uses this repository.");
}

TEST_CASE("what has just been made, or belongs to a project that is being deployed, is left alone") {
    auto given = facts();
    given.items.push_back(item(DiskKind::image, "sha256:fresh", 10, 1, 0h));
    CHECK(plan_removals(given, {}).empty());
    given.items.back() = item(DiskKind::image, "sha256:building", 10, 1, 2h);
    given.deploying = {1};
    CHECK(plan_removals(given, {}).empty());
}

TEST_CASE(
    "over its budget the oldest kept release goes first, and never the live one nor the one before it") {
    auto given = facts();
    DiskSettings settings;
    settings.budgets.images = 420 * megabyte;
    auto plan = plan_removals(given, settings);
    REQUIRE(names(plan) == Names{"sha256:1"});
    CHECK(plan[0].title == "atlas-web, deployment 1");
    CHECK(plan[0].reason ==
          "Images are over their budget of 420 MB. The release cannot be rolled back to afterwards.");
    CHECK(plan[0].releases == std::vector<std::int64_t>{1});
    settings.budgets.images = 1;
    CHECK(names(plan_removals(given, settings)) == Names{"sha256:1", "sha256:2", "sha256:3"});
    given.deploying = {1};
    CHECK(plan_removals(given, settings).empty());
}

TEST_CASE("an image that a rollback made live again is not old") {
    auto given = facts();
    given.releases.push_back({6, 1, "sha256:1", true, 0}); // deployment 6 went back to it
    DiskSettings settings;
    settings.budgets.images = 1;
    const auto plan = names(plan_removals(given, settings));
    CHECK(std::ranges::find(plan, "sha256:1") == plan.end());
}

TEST_CASE("when space is asked for, as much goes as is missing and no more") {
    auto given = facts();
    given.free_bytes = 500 * megabyte;
    given.wanted_bytes = 700 * megabyte;
    const auto plan = plan_removals(given, {});
    CHECK(names(plan) == Names{"sha256:1", "sha256:2"});
    CHECK(plan[0].reason ==
          "The disk has 500 MB free and 700 MB are wanted. The release cannot be rolled back to "
          "afterwards.");
}

TEST_CASE("the build cache is pruned only on an engine that is the panel's own") {
    auto given = facts();
    given.items.push_back(item(DiskKind::build_cache, "build cache", 900, 0, 0h));
    DiskSettings settings;
    settings.budgets.build_cache = 500 * megabyte;
    CHECK(plan_removals(given, settings).empty());
    settings.own_engine = true;
    const auto plan = plan_removals(given, settings);
    REQUIRE(plan.size() == 1);
    CHECK(plan[0].bytes == 400 * megabyte);
}

TEST_CASE(
    "logs of builds and visitors share a budget: packed access logs first, then the oldest build logs") {
    auto given = facts();
    given.items.push_back(item(DiskKind::access_log, "1.log", 10, 1, 50h));
    given.items.push_back(item(DiskKind::access_log, "1-2026.log.gz", 10, 1, 40h));
    given.items.push_back(item(DiskKind::build_log, "project 1", 40, 1, 90h));
    given.logs = {{2, 1, 15 * megabyte, now - 90h}, {3, 1, 15 * megabyte, now - 80h}};
    DiskSettings settings;
    settings.budgets.logs = 30 * megabyte;
    const auto plan = plan_removals(given, settings);
    CHECK(names(plan) == Names{"1-2026.log.gz", "2", "3"});
    CHECK(plan[1].title == "atlas-web, deployment 2");
    CHECK(plan[1].reason == "Logs are over their budget of 30 MB. It is the oldest build log.");
}

TEST_CASE("mirrors over the budget go when they were idle for a day, the longest unused first") {
    auto given = facts();
    given.items.push_back(item(DiskKind::repository, "old.git", 30, 0, 72h));
    given.items.push_back(item(DiskKind::repository, "idle.git", 30, 0, 30h));
    given.items.push_back(item(DiskKind::repository, "busy.git", 30, 0, 1h));
    given.repositories = {"old.git", "idle.git", "busy.git"};
    DiskSettings settings;
    settings.budgets.repositories = 10 * megabyte;
    CHECK(names(plan_removals(given, settings)) == Names{"old.git", "idle.git"});
}

TEST_CASE("budgets that nobody set are shares of the disk") {
    DiskBudgets set;
    set.images = 1;
    const auto budgets = budgets_on(40'000 * megabyte, set);
    CHECK(budgets.images == 1);
    CHECK(budgets.build_cache == 5'000 * megabyte);
    CHECK(budgets.static_files == 5'000 * megabyte);
    CHECK(budgets.repositories == 2'000 * megabyte);
    CHECK(budgets.logs == 1'000 * megabyte);
}

TEST_CASE("the forecast follows the line through the readings") {
    std::vector<DiskReading> readings;
    for (int hour = 0; hour <= 48; ++hour)
        readings.push_back({now + std::chrono::hours{hour}, 40'000 * megabyte,
                            (30'000 - 100 * hour) * megabyte, 256 * megabyte, 0});
    const auto full = full_at(readings);
    REQUIRE(full);
    const auto left = std::chrono::duration<double, std::ratio<3600>>(*full - readings.back().at).count();
    CHECK(left == doctest::Approx(252)); // 25,200 MB at 100 MB an hour
}

TEST_CASE("there is no forecast from too little, for a disk that does not fill, or for years to come") {
    std::vector<DiskReading> readings{{now, 1000, 500, 0, 0}, {now + 1h, 1000, 400, 0, 0}};
    CHECK_FALSE(full_at(readings));
    readings.push_back({now + 90min, 1000, 300, 0, 0});
    CHECK_FALSE(full_at(readings)); // an hour and a half says nothing
    readings.push_back({now + 3h, 1000, 100, 0, 0});
    CHECK(full_at(readings));
    CHECK_FALSE(full_at({{now, 1000, 100, 0, 0}, {now + 5h, 1000, 200, 0, 0}, {now + 9h, 1000, 300, 0, 0}}));
    CHECK_FALSE(full_at({{now, 1 << 30, 1 << 29, 0, 0},
                         {now + 5h, 1 << 30, (1 << 29) - 1, 0, 0},
                         {now + 9h, 1 << 30, (1 << 29) - 2, 0, 0}}));
    // The reserve that was given up is not growth.
    CHECK_FALSE(full_at({{now, 1000, 100, 50, 0}, {now + 5h, 1000, 150, 0, 0}, {now + 9h, 1000, 150, 0, 0}}));
}
