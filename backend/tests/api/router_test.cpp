#include "api/router.hpp"

#include "api/query.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace panel;
using namespace panel::api;

namespace {

constexpr std::array table{
    Route{Method::get, "/projects", Access::user, 200, "", Endpoint{}},
    Route{Method::post, "/projects", Access::user, 201, "", Endpoint{}},
    Route{Method::post, "/projects/detect", Access::user, 200, "", Endpoint{}},
    Route{Method::get, "/projects/{project_id}", Access::user, 200, "", Endpoint{}},
    Route{Method::delete_, "/projects/{project_id}/environment/{key}", Access::user, 204, "", Endpoint{}},
    Route{Method::get, "/health", Access::anonymous, 200, "", Endpoint{}, {}, Placement::also_at_root},
};

} // namespace

TEST_CASE("a path finds its route and the values of its variable parts") {
    const Router router(table);
    const auto match = router.match("DELETE", "/api/v1/projects/12/environment/API_KEY");
    REQUIRE(match.route == &table[4]);
    CHECK(match.path.id("project_id") == 12);
    CHECK(match.path.text("key") == "API_KEY");
    CHECK(router.match("GET", "/api/v1/projects").route == &table[0]);
    CHECK(router.match("HEAD", "/api/v1/projects").route == &table[0]);
    CHECK(router.match("POST", "/api/v1/projects/detect").route == &table[2]);
    CHECK(router.match("POST", "/api/v1/projects").route == &table[1]);
    CHECK(router.match("POST", "/api/v1/projects").allow.empty());
}

TEST_CASE("only some routes answer at the root as well") {
    const Router router(table);
    CHECK(router.match("GET", "/health").route == &table[5]);
    CHECK(router.match("GET", "/api/v1/health").route == &table[5]);
    CHECK(router.match("GET", "/projects").route == nullptr);
}

TEST_CASE("a path with another method says which methods it has") {
    const Router router(table);
    const auto match = router.match("PUT", "/api/v1/projects");
    CHECK(match.route == nullptr);
    CHECK(match.allow == "GET, HEAD, POST");
    CHECK(router.match("OPTIONS", "/api/v1/projects/1").allow == "GET, HEAD");
    CHECK(router.match("get", "/api/v1/projects").route == nullptr);
}

TEST_CASE("a path that is spelt in any other way than the table's reaches no route") {
    const Router router(table);
    for (const auto* path : {"/api/v1/projects/",
                             "/api/v1//projects",
                             "//api/v1/projects",
                             "/api/v1/projects//1",
                             "/API/v1/projects",
                             "/api/v1/Projects",
                             "/api/v1/%70rojects",
                             "/api/v1/./projects",
                             "/api/v1/x/../projects",
                             "/api/v1/%2e/projects",
                             "/api/v1/projects;a=b",
                             "/api/v1/projects/1;a=b",
                             "/api/v1/projects/%31",
                             "/api/v1/projects/..",
                             "/api/v1",
                             "/api/v1/",
                             "",
                             "/",
                             "*",
                             "api/v1/projects",
                             "/api/v1projects",
                             "/api/v1/projects/1/2/3/4/5/6/7/8/9/10",
                             "http://h/api/v1/projects"}) {
        CAPTURE(path);
        const auto match = router.match("GET", path);
        CHECK(match.route == nullptr);
        CHECK(match.allow.empty());
    }
}

TEST_CASE("an id that is no positive decimal number matches the route but is marked") {
    const Router router(table);
    for (const auto* id :
         {"0", "01", "-1", "1x", "x", "9223372036854775808", "99999999999999999999", "1.0", "1e3"}) {
        CAPTURE(id);
        const auto match = router.match("GET", std::string("/api/v1/projects/") + id);
        REQUIRE(match.route == &table[3]);
        CHECK(!match.path.ids_are_well_formed());
        CHECK(match.path.id("project_id") == 0);
    }
    CHECK(router.match("GET", "/api/v1/projects/9223372036854775807").path.ids_are_well_formed());
}

TEST_CASE("two rows that answer the same call are found at start") {
    static constexpr std::array twice{Route{Method::get, "/a/{x_id}", Access::user, 200, "", Endpoint{}},
                                      Route{Method::get, "/a/{y_id}", Access::user, 200, "", Endpoint{}}};
    CHECK_THROWS_AS(Router{twice}, std::logic_error);
}

TEST_CASE("query parameters are known, single, and numbers in their range") {
    constexpr std::array<std::string_view, 2> known{"limit", "cursor"};
    CHECK(check_query("limit=1&cursor=2", known));
    CHECK(check_query("", known));
    CHECK(!check_query("user_id=1", known));
    CHECK(!check_query("limit=1&limit=2", known));
    CHECK(query_number("limit=7", "limit", 50, 1, 100) == 7);
    CHECK(query_number("", "limit", 50, 1, 100) == 50);
    for (const auto* query : {"limit=0", "limit=101", "limit=", "limit=+5", "limit=%35", "limit=5x",
                              "limit=99999999999999999999"}) {
        CAPTURE(query);
        CHECK(!query_number(query, "limit", 50, 1, 100));
    }
}
