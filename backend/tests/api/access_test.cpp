// Who may call what, generated from the route table: no route can be added without being asked these
// questions.

#include "api/routes.hpp"
#include "database/repair_repo.hpp"
#include "support/api_panel.hpp"
#include "support/api_scenario.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace panel;
using namespace panel::test;
using panel::api::Access;
using panel::api::Route;
using panel::api::routes;

namespace {

// A path of the route with this text for each id.
std::string path_with(const Route& route, const std::string& id) {
    std::string out;
    std::string_view rest = route.pattern;
    while (!rest.empty()) {
        const auto open = rest.find('{');
        out += rest.substr(0, open);
        if (open == std::string_view::npos) break;
        const auto close = rest.find('}');
        const auto name = rest.substr(open + 1, close - open - 1);
        out += name.ends_with("_id") ? id : name == "provider" ? "github" : "API_KEY";
        rest.remove_prefix(close + 1);
    }
    return out;
}

// A body that the route would take, so that only the id decides.
std::string body_for(const Route& route) {
    if (route.pattern.ends_with("/domains")) return R"({"domain":"shop.example.com"})";
    if (route.pattern.ends_with("/environment")) return R"([{"key":"A","value":"1"}])";
    if (route.pattern.ends_with("/pin") && route.method == api::Method::put) return R"({"deployment_id":1})";
    return route.method == api::Method::get || route.method == api::Method::delete_ ? "" : "{}";
}

bool has_id(const Route& route) { return route.pattern.contains("_id}"); }

std::string whole(const net::Response& response) {
    std::string out = std::to_string(response.status) + "\n";
    for (const auto& header : response.headers) out += header.name + ": " + header.value + "\n";
    return out + response.body;
}

} // namespace

TEST_CASE("without credentials every route answers 401, but for those that are listed here") {
    constexpr std::array<std::string_view, 9> open{
        "/auth/status", "/auth/setup", "/auth/login", "/auth/refresh", "/health", "/ready", "/openapi.json"};
    ApiPanel panel;
    for (const auto& route : routes()) {
        CAPTURE(route.pattern);
        auto request =
            panel.request(Who::anonymous, std::string(to_string(route.method)),
                          "/api/v1" + path_with(route, std::to_string(panel.project_id)), body_for(route));
        request.headers.set("X-Forwarded-For", "203.0.113.9"); // a visitor, not this machine
        const auto answer = panel.send(std::move(request));
        if (std::ranges::find(open, route.pattern) == open.end())
            CHECK(answer.status == 401);
        else
            CHECK(answer.status != 401);
    }
}

TEST_CASE("a foreign, an unknown and a malformed id answer the same bytes on every route, for every method") {
    ApiPanel panel;
    const auto own = std::to_string(panel.project_id);
    for (const auto& route : routes()) {
        if (!has_id(route) || route.access == Access::webhook) continue;
        CAPTURE(route.pattern);
        CAPTURE(to_string(route.method));
        const auto ask = [&](Who who, const std::string& id) {
            return whole(
                panel.call(who, std::string(to_string(route.method)), path_with(route, id), body_for(route)));
        };
        const auto unknown = ask(Who::other, "999999");
        CHECK(unknown.starts_with("404"));
        CHECK(ask(Who::other, own) == unknown);
        for (const auto* malformed : {"0", "01", "-1", "abc", "1x", "9223372036854775808", "1.5"})
            CHECK(ask(Who::other, malformed) == unknown);
    }
    CHECK(panel.call(Who::owner, "GET", "/projects/" + own).status == 200); // nothing of it was lost
}

TEST_CASE("a nested id of another project is not found below one's own") {
    ApiPanel panel;
    const auto foreign = panel.call(Who::owner, "POST", filled_in(panel, "/projects/{p}/domains"),
                                    R"({"domain":"a.example.com"})");
    REQUIRE(foreign.status == 201);
    const auto mine = panel.call(Who::other, "POST", "/projects",
                                 std::string(R"({"name":"mine","git_url":")") + repository_url + "\"}");
    INFO(mine.body);
    REQUIRE(mine.status == 201);
    const auto second = panel.project_id + 1;
    CHECK(panel.call(Who::other, "DELETE", "/projects/" + std::to_string(second) + "/domains/1").status ==
          404);
    CHECK(panel
              .call(Who::other, "PATCH", "/projects/" + std::to_string(second) + "/domains/1",
                    R"({"is_primary":true})")
              .status == 404);
    CHECK(panel.call(Who::owner, "GET", filled_in(panel, "/projects/{p}/domains"))
              .body.contains("a.example.com"));
}

TEST_CASE("lists show a user their own, an administrator everything") {
    ApiPanel panel;
    CHECK(panel.call(Who::owner, "GET", "/projects").body.contains("atlas-web"));
    CHECK(panel.call(Who::admin, "GET", "/projects").body.contains("atlas-web"));
    CHECK(panel.call(Who::other, "GET", "/projects").body == R"({"items":[],"next_cursor":null})");
    CHECK(panel.call(Who::other, "GET", "/deployments").body == R"({"items":[],"next_cursor":null})");
    CHECK(panel.call(Who::other, "GET", "/projects?user_id=2").status == 422);
}

TEST_CASE("the page's cookie reads, and changes nothing") {
    ApiPanel panel;
    const auto with_cookie = [&](const std::string& method, std::initializer_list<net::Header> headers) {
        auto request =
            panel.request(Who::anonymous, method, "/api/v1/projects", method == "POST" ? "{}" : "");
        request.headers.add("Cookie", "theme=dark; panel_access=" + panel.owner.token);
        for (const auto& header : headers) request.headers.add(header.name, header.value);
        return panel.send(std::move(request)).status;
    };
    CHECK(with_cookie("GET", {}) == 200);
    CHECK(with_cookie("GET", {{"Sec-Fetch-Site", "same-origin"}}) == 200);
    CHECK(with_cookie("GET", {{"Origin", "http://localhost:8088"}}) == 200);
    CHECK(with_cookie("GET", {{"Sec-Fetch-Site", "same-site"}}) == 403);
    CHECK(with_cookie("GET", {{"Sec-Fetch-Site", "cross-site"}}) == 403);
    CHECK(with_cookie("GET", {{"Origin", "https://evil.example.com"}}) == 403);
    CHECK(with_cookie("GET", {{"Origin", "null"}}) == 403);
    CHECK(with_cookie("POST", {{"Origin", "http://localhost:8088"}}) == 403);
}

TEST_CASE("a change that a browser sends from another site is refused, signed in or not") {
    ApiPanel panel;
    for (const auto& [name, value] :
         {std::pair{"Sec-Fetch-Site", "cross-site"}, std::pair{"Origin", "https://evil.example.com"},
          std::pair{"Origin", "null"}, std::pair{"Origin", "http://localhost:8088.evil.example.com"}}) {
        auto request = panel.request(Who::owner, "POST", "/api/v1/projects", "{}");
        request.headers.add(name, value);
        CHECK(panel.send(std::move(request)).status == 403);
        auto login = panel.request(Who::anonymous, "POST", "/api/v1/auth/login", "{}");
        login.headers.add(name, value);
        CHECK(panel.send(std::move(login)).status == 403);
    }
}

TEST_CASE("no answer allows another origin to read it") {
    ApiPanel panel;
    auto request = panel.request(Who::anonymous, "OPTIONS", "/api/v1/projects");
    request.headers.add("Origin", "https://evil.example.com");
    request.headers.add("Access-Control-Request-Method", "POST");
    const auto answer = panel.send(std::move(request));
    CHECK(answer.status == 405);
    CHECK(answer.headers.get("Allow") == "GET, HEAD, POST");
    CHECK(!answer.headers.has("Access-Control-Allow-Origin"));
}

TEST_CASE("metrics are for this machine and administrators") {
    ApiPanel panel;
    const auto ask = [&](Who who, const char* forwarded_for) {
        auto request = panel.request(who, "GET", "/metrics");
        if (forwarded_for) request.headers.add("X-Forwarded-For", forwarded_for);
        return panel.send(std::move(request));
    };
    panel.temp.write([](soci::session& session) { database::add_repairs(session, {{"marker", 2}}); });
    panel.temp.write([](soci::session& session) { database::add_repairs(session, {{"marker", 1}}); });
    CHECK(ask(Who::anonymous, nullptr).body.contains("vps_panel_repairs_total{kind=\"marker\"} 3"));
    const auto own = ask(Who::anonymous, nullptr);
    CHECK(own.body.contains("vps_panel_repairs_total{kind=\"marker\"} 3")); // nor counted twice
    CHECK(own.status == 200);
    CHECK(own.body.contains("vps_panel_deployments{status=\"pending\"} 1"));
    CHECK(own.body.contains("vps_panel_projects 1"));
    CHECK(own.body.contains("process_resident_memory_bytes"));
    CHECK(ask(Who::anonymous, "127.0.0.1").status == 200);
    CHECK(ask(Who::anonymous, "203.0.113.9").status == 401);
    CHECK(ask(Who::owner, "203.0.113.9").status == 403);
    CHECK(ask(Who::admin, "203.0.113.9").status == 200);
    CHECK(ask(Who::anonymous, "127.0.0.1, 203.0.113.9").status == 401); // the visitor wrote the first entry
}
