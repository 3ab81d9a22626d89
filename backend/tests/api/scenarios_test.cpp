// What the API answers, call by call: good input, bad input, and who may not.

#include "database/connection.hpp"
#include "database/dialect.hpp"
#include "support/api_scenario.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace panel;
using namespace panel::test;

TEST_CASE("signing in") {
    const std::array scenarios{
        ApiScenario{"no administrator is asked for twice",
                    Who::anonymous,
                    "GET",
                    "/auth/status",
                    "",
                    200,
                    {R"({"setup_required":false})"}},
        ApiScenario{"setup is gone once there is an administrator",
                    Who::anonymous,
                    "POST",
                    "/auth/setup",
                    R"({"token":"x","email":"a@example.com","password":"long enough 1","name":"A"})",
                    404,
                    {R"("code":"not_found")"}},
        ApiScenario{
            "the right password",
            Who::anonymous,
            "POST",
            "/auth/login",
            R"({"email":"Owner@example.com","password":"correct horse battery"})",
            200,
            {R"("access_token":")", R"("refresh_token":")", R"("expires_in":86400)", R"("role":"user")"},
            {"password"}},
        ApiScenario{"a wrong password",
                    Who::anonymous,
                    "POST",
                    "/auth/login",
                    R"({"email":"owner@example.com","password":"wrong"})",
                    401,
                    {R"("code":"unauthorized")"}},
        ApiScenario{"an unknown account reads the same",
                    Who::anonymous,
                    "POST",
                    "/auth/login",
                    R"({"email":"nobody@example.com","password":"wrong"})",
                    401,
                    {R"("code":"unauthorized")"}},
        ApiScenario{"no role can be claimed",
                    Who::anonymous,
                    "POST",
                    "/auth/login",
                    R"({"email":"owner@example.com","password":"x","role":"admin"})",
                    422,
                    {R"({"field":"role","message":"is not a known field."})"}},
        ApiScenario{"every missing field is named",
                    Who::anonymous,
                    "POST",
                    "/auth/login",
                    "{}",
                    422,
                    {R"("detail":"email: is required.")", R"("field":"password")"}},
        ApiScenario{"a made-up refresh token", Who::anonymous, "POST", "/auth/refresh",
                    R"({"refresh_token":"x"})", 401},
        ApiScenario{
            "who am I", Who::owner, "GET", "/auth/me", "", 200, {R"("email":"owner@example.com")"}, {"$2"}},
        ApiScenario{"signing out", Who::owner, "POST", "/auth/logout", "{}", 204},
        ApiScenario{"signing out without a body", Who::owner, "POST", "/auth/logout", "", 204},
        ApiScenario{"signing out of nothing", Who::anonymous, "POST", "/auth/logout", "{}", 401},
        ApiScenario{"a body that is no JSON",
                    Who::anonymous,
                    "POST",
                    "/auth/login",
                    "email=a&password=b",
                    400,
                    {R"("code":"bad_request")"}},
    };
    check_scenarios(scenarios);
}

TEST_CASE("projects") {
    const std::string create = R"({"name":"second","git_url":"https://git.example.com/acme/atlas-web.git"})";
    const std::array scenarios{
        ApiScenario{"creating one",
                    Who::other,
                    "POST",
                    "/projects",
                    create,
                    201,
                    {R"("name":"second")", R"("url":"http://second.localhost:8088")", R"("status":"pending")",
                     R"("latest_deployment":null)"}},
        ApiScenario{"creating one needs a sign-in", Who::anonymous, "POST", "/projects", create, 401},
        ApiScenario{"a name that is taken", Who::other, "POST", "/projects",
                    R"({"name":"atlas-web","git_url":"https://git.example.com/acme/atlas-web.git"})", 409},
        ApiScenario{"an address that git must not see",
                    Who::owner,
                    "POST",
                    "/projects",
                    R"({"name":"x","git_url":"ext::sh -c id"})",
                    422,
                    {R"("field":"git_url")"}},
        ApiScenario{
            "fields that are not the user's to set",
            Who::owner,
            "POST",
            "/projects",
            R"({"name":"x","git_url":"https://git.example.com/a/b.git","user_id":1,"status":"active","frontend_port":80})",
            422,
            {R"("field":"user_id")", R"("field":"status")", R"("field":"frontend_port")"}},
        ApiScenario{"reading one",
                    Who::owner,
                    "GET",
                    "/projects/{p}",
                    "",
                    200,
                    {R"("name":"atlas-web")", R"("framework_pinned":false)", R"("latest_deployment":{"id":)",
                     R"("status":"pending")"},
                    {"\"steps\"", "secret"}},
        ApiScenario{"an administrator reads anyone's",
                    Who::admin,
                    "GET",
                    "/projects/{p}",
                    "",
                    200,
                    {R"("name":"atlas-web")"}},
        ApiScenario{"changing settings",
                    Who::owner,
                    "PATCH",
                    "/projects/{p}",
                    R"({"port":4000,"build_command":"make"})",
                    200,
                    {R"("port":4000)", R"("build_command":"make")"}},
        ApiScenario{"a port that cannot be",
                    Who::owner,
                    "PATCH",
                    "/projects/{p}",
                    R"({"port":70000})",
                    422,
                    {R"("field":"port")"}},
        ApiScenario{"removing somebody else's", Who::other, "DELETE", "/projects/{p}", "", 404},
        ApiScenario{"looking at a repository",
                    Who::owner,
                    "POST",
                    "/projects/detect",
                    R"({"git_url":"https://git.example.com/acme/atlas-web.git"})",
                    200,
                    {R"("language":"javascript")", R"("evidence":[{)", R"("branches":["main"])",
                     R"("environment_keys":["API_URL"])"}},
        ApiScenario{"looking at one that is not there",
                    Who::owner,
                    "POST",
                    "/projects/detect",
                    R"({"git_url":"https://git.example.com/no/such.git"})",
                    422,
                    {R"("field":"git_url")"}},
        ApiScenario{
            "pages have limits", Who::owner, "GET", "/projects?limit=101", "", 422, {R"("field":"limit")"}},
    };
    check_scenarios(scenarios);
}

TEST_CASE("deployments") {
    const std::array scenarios{
        ApiScenario{"reading one",
                    Who::owner,
                    "GET",
                    "/deployments/{d}",
                    "",
                    200,
                    {R"("steps":[{"name":"queued","status":"running")", R"("name":"switch")",
                     R"("plan":null,"explanation":null)", R"("url":"http://atlas-web.localhost:8088")",
                     R"("project_name":"atlas-web")"}},
        ApiScenario{"deploying",
                    Who::owner,
                    "POST",
                    "/projects/{p}/deployments",
                    "{}",
                    202,
                    {R"("status":"pending")", R"("triggered_by":"manual")"}},
        ApiScenario{"deploying with no body at all", Who::owner, "POST", "/projects/{p}/deployments", "",
                    202},
        ApiScenario{"deploying a branch that is an option",
                    Who::owner,
                    "POST",
                    "/projects/{p}/deployments",
                    R"({"branch":"--upload-pack=x"})",
                    422,
                    {R"("field":"branch")"}},
        ApiScenario{"deploying an abbreviated commit",
                    Who::owner,
                    "POST",
                    "/projects/{p}/deployments",
                    R"({"commit_hash":"93bb0c1"})",
                    422,
                    {R"("field":"commit_hash")"}},
        ApiScenario{"cancelling",
                    Who::owner,
                    "POST",
                    "/deployments/{d}/cancel",
                    "",
                    202,
                    {R"("status":"cancelled")"}},
        ApiScenario{"rolling back to what is not kept",
                    Who::owner,
                    "POST",
                    "/deployments/{d}/rollback",
                    "",
                    409,
                    {R"("code":"conflict")"}},
        ApiScenario{"pinning what is not live",
                    Who::owner,
                    "PUT",
                    "/projects/{p}/pin",
                    R"({"deployment_id":1})",
                    409,
                    {R"("code":"conflict")"}},
        ApiScenario{"pinning a foreign project", Who::other, "PUT", "/projects/{p}/pin",
                    R"({"deployment_id":1})", 404},
        ApiScenario{"releasing a pin that is not there",
                    Who::owner,
                    "DELETE",
                    "/projects/{p}/pin",
                    "",
                    200,
                    {R"("pinned_deployment_id":null)"}},
        ApiScenario{"how releases replace each other",
                    Who::owner,
                    "PATCH",
                    "/projects/{p}",
                    R"({"release_strategy":"blue_green","watch_seconds":0})",
                    200,
                    {R"("release_strategy":"blue_green")", R"("watch_seconds":0)"}},
        ApiScenario{"an unknown strategy",
                    Who::owner,
                    "PATCH",
                    "/projects/{p}",
                    R"({"release_strategy":"canary"})",
                    422,
                    {R"("field":"release_strategy")"}},
        ApiScenario{"a watch of more than ten minutes",
                    Who::owner,
                    "PATCH",
                    "/projects/{p}",
                    R"({"watch_seconds":601})",
                    422,
                    {R"("field":"watch_seconds")"}},
        ApiScenario{"the log of one that has not begun", Who::owner, "GET", "/deployments/{d}/log?offset=0",
                    "", 200},
        ApiScenario{"a place that the log does not have",
                    Who::owner,
                    "GET",
                    "/deployments/{d}/log?offset=5",
                    "",
                    422,
                    {R"("field":"offset")"}},
        ApiScenario{"a negative place", Who::owner, "GET", "/deployments/{d}/log?offset=-1", "", 422},
        ApiScenario{"all of them, newest first",
                    Who::owner,
                    "GET",
                    "/deployments?limit=1",
                    "",
                    200,
                    {R"("project_name":"atlas-web")"}},
    };
    check_scenarios(scenarios);
}

TEST_CASE("environment, domains, webhook, live release") {
    const std::array scenarios{
        ApiScenario{"a secret's value never comes back",
                    Who::owner,
                    "PUT",
                    "/projects/{p}/environment",
                    R"([{"key":"TOKEN","value":"hunter2","is_secret":true},{"key":"MODE","value":"on"}])",
                    200,
                    {R"({"key":"TOKEN","value":null,"is_secret":true,"scope":"all"})",
                     R"({"key":"MODE","value":"on")"},
                    {"hunter2"}},
        ApiScenario{"keys have a form",
                    Who::owner,
                    "PUT",
                    "/projects/{p}/environment",
                    R"([{"key":"1A","value":"x"}])",
                    422,
                    {R"("field":"environment.0.key")"}},
        ApiScenario{"values have a type",
                    Who::owner,
                    "PUT",
                    "/projects/{p}/environment",
                    R"([{"key":"A","value":1}])",
                    422,
                    {R"("field":"environment.0.value")"}},
        ApiScenario{"an object is no list", Who::owner, "PUT", "/projects/{p}/environment", "{}", 422},
        ApiScenario{"removing what is not there", Who::owner, "DELETE", "/projects/{p}/environment/NOPE", "",
                    404},
        ApiScenario{"adding a domain",
                    Who::owner,
                    "POST",
                    "/projects/{p}/domains",
                    R"({"domain":"Shop.Example.com"})",
                    201,
                    {R"("domain":"shop.example.com")"}},
        ApiScenario{"a domain that Caddy would read otherwise",
                    Who::owner,
                    "POST",
                    "/projects/{p}/domains",
                    R"({"domain":"a.example.com {"})",
                    422,
                    {R"("field":"domain")"}},
        ApiScenario{"where webhooks go",
                    Who::owner,
                    "GET",
                    "/projects/{p}/webhook",
                    "",
                    200,
                    {"/api/v1/webhooks/github/", R"("secret":")"}},
        ApiScenario{"a webhook without signature", Who::anonymous, "POST", "/webhooks/github/{p}", "{}", 401},
        ApiScenario{"a webhook for an unknown project reads the same", Who::anonymous, "POST",
                    "/webhooks/github/999999", "{}", 401},
        ApiScenario{"a webhook for a malformed project reads the same", Who::anonymous, "POST",
                    "/webhooks/github/x", "{}", 401},
        ApiScenario{"a git server that is not known", Who::anonymous, "POST", "/webhooks/forge/{p}", "{}",
                    404},
        ApiScenario{"nothing is live yet", Who::owner, "GET", "/projects/{p}/logs", "", 409},
        ApiScenario{"nothing is used yet",
                    Who::owner,
                    "GET",
                    "/projects/{p}/metrics",
                    "",
                    200,
                    {R"("running":false,"slot":null)"}},
    };
    check_scenarios(scenarios);
}

TEST_CASE("the server itself") {
    const std::array scenarios{
        ApiScenario{"it answers",
                    Who::anonymous,
                    "GET",
                    "/health",
                    "",
                    200,
                    {R"({"status":"ok","version":"9.9.9"})"}},
        ApiScenario{"it is ready",
                    Who::anonymous,
                    "GET",
                    "/ready",
                    "",
                    200,
                    {R"("database":"ok")", R"("docker":"ok")", R"("caddy":"ok")"}},
        ApiScenario{"what it has and uses",
                    Who::owner,
                    "GET",
                    "/server",
                    "",
                    200,
                    {R"("version":"9.9.9")", R"("cpu_count":)",
                     R"("app_limits":{"memory_limit_mb":512,"cpu_limit":null,"process_limit":null})",
                     R"("build_limits":{"memory_limit_mb":null,"cpu_limit":null,"process_limit":4096,)"
                     R"("slots":2})"}},
        ApiScenario{"no such path", Who::owner, "GET", "/nothing", "", 404, {R"("code":"not_found")"}},
    };
    check_scenarios(scenarios);
}

TEST_CASE("what can be gone back to says beforehand what that does not restore") {
    ApiPanel panel;
    panel.make_live(panel.project_id, panel.deployment_id);
    panel.finish(panel.deployment_id);
    const auto path = filled_in(panel, "/deployments/{d}");
    CHECK_FALSE(panel.call(Who::owner, "GET", path).body.contains("not_restored")); // it is live
    panel.make_live(panel.project_id, panel.temp.add_deployment(panel.project_id));
    CHECK(panel.call(Who::owner, "GET", path)
              .body.contains(R"("not_restored":["Data that the app keeps in databases,)"));
}

TEST_CASE("readiness says which part is missing") {
    ApiPanel panel;
    panel.docker.is_down = true;
    const auto answer = panel.call(Who::anonymous, "GET", "/ready");
    CHECK(answer.status == 503);
    CHECK(answer.body.contains(R"("status":"not_ready")"));
    CHECK(answer.body.contains(R"("docker":"Docker does not answer.")"));
    CHECK(answer.body.contains(R"("database":"ok")"));
}

TEST_CASE("a body must be JSON by its type, and not compressed") {
    ApiPanel panel;
    for (const auto* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""}) {
        auto request = panel.request(Who::owner, "POST", "/api/v1/projects/detect",
                                     R"({"git_url":"https://git.example.com/a.git"})");
        request.headers.set("Content-Type", type);
        CHECK(panel.send(std::move(request)).status == 415);
    }
    auto packed = panel.request(Who::owner, "POST", "/api/v1/projects/detect", "{}");
    packed.headers.set("Content-Encoding", "gzip");
    CHECK(panel.send(std::move(packed)).status == 415);
    auto with_charset = panel.request(Who::owner, "POST", "/api/v1/projects/detect", R"({"git_url":1})");
    with_charset.headers.set("Content-Type", "Application/JSON; charset=utf-8");
    CHECK(panel.send(std::move(with_charset)).status == 422);
}

TEST_CASE("a mistake in a statement is 500; the request id leads to the log") {
    ApiPanel panel;
    panel.temp.write([](soci::session& session) { session << "ALTER TABLE deployments RENAME TO lost"; });
    const auto answer = panel.call(Who::owner, "GET", "/deployments");
    CHECK(answer.status == 500);
    CHECK(answer.body.contains(R"("code":"internal")"));
    CHECK(answer.body.contains(R"("request_id":"test-request-1")"));
    CHECK(!answer.body.contains("deployments"));
}

TEST_CASE("a database that another process keeps locked is 503 and worth another try; reads go on") {
    ApiPanel panel;
    const auto path = "/projects/" + std::to_string(panel.project_id) + "/deployments";
    const auto count = [&] {
        return panel.temp.read([&](soci::session& session) {
            return database::list_deployments(session, panel.project_id, 0, 100).size();
        });
    };
    const auto before = count();
    const auto other = database::Connection::open(panel.temp.database->url(), database::Purpose::maintain);
    database::begin_write(other->session());
    const auto answer = panel.call(Who::owner, "POST", path, "{}");
    CHECK(answer.status == 503);
    CHECK(answer.headers.get("Retry-After") == "5");
    CHECK(answer.body.contains(R"("code":"unavailable")"));
    CHECK(answer.body.contains(R"("request_id":"test-request-1")"));
    CHECK(panel.call(Who::owner, "GET", path).status == 200);
    database::roll_back(other->session());
    CHECK(count() == before); // nothing half-written
    CHECK(panel.call(Who::owner, "POST", path, "{}").status == 202);
    CHECK(count() == before + 1);
}

TEST_CASE("a poll is answered from what was kept, and by 304, until something is committed") {
    ApiPanel panel;
    const auto first = panel.call(Who::owner, "GET", "/projects");
    const auto tag = std::string(first.headers.get("ETag"));
    REQUIRE(!tag.empty());
    auto again = panel.request(Who::owner, "GET", "/api/v1/projects");
    again.headers.add("If-None-Match", "\"x\", " + tag);
    const auto unchanged = panel.send(again);
    CHECK(unchanged.status == 304);
    CHECK(unchanged.body.empty());
    CHECK(unchanged.headers.get("ETag") == tag);
    panel.finish(panel.deployment_id, DeploymentStatus::cancelled);
    const auto changed = panel.send(again);
    CHECK(changed.status == 200);
    CHECK(changed.body.contains(R"("status":"cancelled")"));
    CHECK(panel.call(Who::other, "GET", "/projects").body ==
          R"({"items":[],"next_cursor":null})"); // kept for one, shown to one
}

TEST_CASE("pages follow one another without gap or repetition") {
    ApiPanel panel;
    for (int i = 0; i < 5; ++i)
        panel.call(Who::owner, "POST", filled_in(panel, "/projects/{p}/deployments"), "{}");
    std::string seen;
    std::string cursor;
    for (int pages = 0; pages < 10; ++pages) {
        const auto answer = panel.call(Who::owner, "GET",
                                       "/deployments?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
        const auto page = boost::json::parse(answer.body).as_object();
        for (const auto& item : page.at("items").as_array())
            seen += std::to_string(item.at("id").as_int64()) + " ";
        if (page.at("next_cursor").is_null()) break;
        cursor = std::string(page.at("next_cursor").as_string());
    }
    CHECK(seen == "6 5 4 3 2 1 ");
}

TEST_CASE("the build log is read from any byte and says where to go on and when it ends") {
    ApiPanel panel;
    panel.append_log(panel.deployment_id, "2026-01-31T09:05:00.123Z h\xc3\xbcllo\n");
    const auto target = filled_in(panel, "/deployments/{d}/log");
    const auto first = panel.call(Who::owner, "GET", target);
    CHECK(first.headers.get("Content-Type") == "text/plain; charset=utf-8");
    CHECK(first.headers.get("X-Log-Next-Offset") == "32");
    CHECK(!first.headers.has("X-Log-End"));
    CHECK(panel.call(Who::owner, "GET", target + "?offset=25").body == "h\xc3\xbcllo\n");
    panel.finish(panel.deployment_id);
    const auto last = panel.call(Who::owner, "GET", target + "?offset=32");
    CHECK(last.body.empty());
    CHECK(last.headers.get("X-Log-End") == "true");
}

TEST_CASE("what the live release prints and uses") {
    ApiPanel panel;
    panel.make_live(panel.project_id, panel.deployment_id);
    panel.docker.print("vps-panel-p1-blue", "one\ntwo\nthree\xff\n");
    CHECK(panel.call(Who::owner, "GET", "/projects/1/logs?tail=2").body == "two\nthree\xef\xbf\xbd\n");
    const auto metrics = panel.call(Who::owner, "GET", "/projects/1/metrics");
    CHECK(metrics.body.contains(R"("cpu_percent":12.5)"));
    CHECK(metrics.body.contains(R"("running":true,"slot":"blue")"));
    panel.docker.is_down = true;
    CHECK(panel.call(Who::owner, "GET", "/projects/1/metrics").status == 503);
}

TEST_CASE("signing out acts on the next request") {
    ApiPanel panel;
    CHECK(panel.call(Who::owner, "GET", "/auth/me").status == 200);
    CHECK(panel.call(Who::owner, "POST", "/auth/logout").status == 204);
    CHECK(panel.call(Who::owner, "GET", "/auth/me").status == 401);
    CHECK(panel.call(Who::owner, "GET", "/projects").status == 401); // also what was kept
}

TEST_CASE("the request id is a proxy's when it has the right form, else a new one") {
    ApiPanel panel;
    const auto id_of = [&](const char* sent, const char* peer) {
        auto request = panel.request(Who::anonymous, "GET", "/health");
        request.headers.set("X-Request-Id", sent);
        request.peer_address = peer;
        return std::string(panel.send(std::move(request)).headers.get("X-Request-Id"));
    };
    CHECK(id_of("abcdefgh-1", "127.0.0.1") == "abcdefgh-1");
    CHECK(id_of("short", "127.0.0.1") != "short");
    CHECK(id_of("has space in it", "127.0.0.1") != "has space in it");
    CHECK(id_of("abcdefgh-1", "203.0.113.9") != "abcdefgh-1");
    CHECK(id_of(std::string(65, 'a').c_str(), "127.0.0.1").size() == 16);
}

TEST_CASE("the disk is for administrators: where it goes, and a dry run that names what would go") {
    ApiPanel panel;
    panel.docker.add_image("sha256:stray", 5 << 20,
                           {{"vps-panel.data", "test"}, {"vps-panel.project", "99"}});
    CHECK(panel.call(Who::owner, "GET", "/server/disk").status == 403);
    CHECK(panel.call(Who::owner, "POST", "/server/disk/clean", "{}").status == 403);
    CHECK(panel.call(Who::admin, "POST", "/server/disk/clean", R"({"dry_run":"yes"})").status == 422);
    const auto dry = panel.call(Who::admin, "POST", "/server/disk/clean", R"({"dry_run":true})");
    CHECK(dry.status == 200);
    CHECK(dry.body ==
          R"({"removed":[{"kind":"image","name":"deleted project 99","project_id":99,"bytes":5242880,)"
          R"("reason":"Its project was deleted."}],"freed_bytes":5242880})");
    const auto disk = panel.call(Who::admin, "GET", "/server/disk");
    CHECK(disk.status == 200);
    CHECK(disk.body.contains(R"({"name":"images","bytes":5242880,"budget_bytes":)"));
    CHECK(disk.body.contains(R"("full_at":null)"));
    CHECK(disk.body.contains(R"("removable":[{"kind":"image")"));
    CHECK(panel.docker.has_image("sha256:stray"));
    CHECK(panel.call(Who::admin, "POST", "/server/disk/clean", "{}").body == dry.body);
    CHECK_FALSE(panel.docker.has_image("sha256:stray"));
    CHECK(panel.call(Who::admin, "GET", "/server/disk").body.contains(R"("removable":[])"));
}
