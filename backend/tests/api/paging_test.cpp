// Pages of each list while the record changes between them: nothing comes twice, and what was there all the
// time comes once.
#include "support/api_panel.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace panel;
using test::ApiPanel;
using test::Who;

namespace {

using Ids = std::vector<std::int64_t>;

// The ids of every page; `between` runs before each page but the first, with what has come so far.
Ids page_through(ApiPanel& panel, Who who, const std::string& path,
                 const std::function<void(const Ids&)>& between) {
    Ids seen;
    std::string cursor;
    for (int pages = 0; pages < 100; ++pages) {
        if (pages > 0) between(seen);
        const auto target = path + "?limit=3" + (cursor.empty() ? "" : "&cursor=" + cursor);
        const auto answer = panel.call(who, "GET", target);
        REQUIRE(answer.status == 200);
        const auto page = boost::json::parse(answer.body).as_object();
        for (const auto& item : page.at("items").as_array()) seen.push_back(item.at("id").as_int64());
        if (page.at("next_cursor").is_null()) return seen;
        cursor = std::string(page.at("next_cursor").as_string());
    }
    FAIL("the pages have no end");
    return seen;
}

// Projects of the owner and of another user, each with three deployments in turns.
struct Record {
    explicit Record(ApiPanel& owner) : panel(owner) {
        for (int i = 0; i < 8; ++i) add_project(panel.owner.id);
        for (int i = 0; i < 2; ++i) add_project(panel.other.id);
        for (int i = 0; i < 3; ++i)
            for (const auto project : projects) panel.temp.add_deployment(project);
    }

    std::int64_t add_project(std::int64_t user_id) {
        projects.push_back(panel.temp.add_project(user_id, fmt::format("listed-{}", ++named)));
        return projects.back();
    }
    void remove_project(std::int64_t id) {
        panel.temp.write([id](soci::session& session) { database::delete_project(session, id); });
    }
    std::set<std::int64_t> ids(const std::string& sql) const {
        return panel.temp.read([&](soci::session& session) {
            std::set<std::int64_t> found;
            std::int64_t id = 0;
            soci::statement rows = (session.prepare << sql, soci::into(id));
            rows.execute();
            while (rows.fetch()) found.insert(id);
            return found;
        });
    }

    ApiPanel& panel;
    Ids projects;
    int named = 0;
};

// `sql`: the ids that the list is of.
void check_pages(const Record& record, Who who, const std::string& path, const std::string& sql,
                 const std::function<void(const Ids&)>& between) {
    const auto before = record.ids(sql);
    const auto seen = page_through(record.panel, who, path, between);
    const auto after = record.ids(sql);
    CHECK(std::ranges::is_sorted(seen, std::greater{}));
    CHECK(std::set(seen.begin(), seen.end()).size() == seen.size());
    for (const auto id : before)
        if (after.contains(id)) CHECK(std::ranges::count(seen, id) == 1);
    CHECK(seen.size() > 6); // three pages at least
    for (const auto id : seen) CHECK(before.contains(id));
}

// New rows above; of the old ones one that has come and one that has not go.
void change(Record& record, const Ids& gone) {
    const auto added = record.add_project(record.panel.owner.id);
    for (const auto project : {added, record.projects.front()}) record.panel.temp.add_deployment(project);
    for (const auto id : gone) record.remove_project(id);
}

} // namespace

TEST_CASE("pages of projects neither repeat nor miss one while projects come and go") {
    for (const auto who : {Who::owner, Who::admin}) {
        ApiPanel panel;
        Record record(panel);
        const auto own = who == Who::admin ? "" : fmt::format(" WHERE user_id = {}", panel.owner.id);
        check_pages(record, who, "/projects", "SELECT id FROM projects" + own, [&](const Ids& seen) {
            const auto last = seen.back(); // the next page's cursor
            change(record, last > 2 ? Ids{last, last - 1} : Ids{});
        });
    }
}

TEST_CASE("pages of deployments neither repeat nor miss one while deployments come and go") {
    for (const auto who : {Who::owner, Who::admin}) {
        ApiPanel panel;
        Record record(panel);
        const auto own = who == Who::admin ? "" : fmt::format(" WHERE user_id = {}", panel.owner.id);
        std::size_t next = 1;
        check_pages(record, who, "/deployments",
                    "SELECT id FROM deployments WHERE project_id IN (SELECT id FROM projects" + own + ")",
                    [&](const Ids&) { change(record, next < 4 ? Ids{record.projects[next++]} : Ids{}); });
    }
}

TEST_CASE("pages of a project's deployments neither repeat nor miss one while others come and go") {
    ApiPanel panel;
    Record record(panel);
    const auto project = record.projects.front();
    for (int i = 0; i < 10; ++i) panel.temp.add_deployment(project);
    check_pages(record, Who::owner, fmt::format("/projects/{}/deployments", project),
                fmt::format("SELECT id FROM deployments WHERE project_id = {}", project),
                [&](const Ids& seen) { change(record, {record.projects[1 + seen.size() / 3]}); });
}
