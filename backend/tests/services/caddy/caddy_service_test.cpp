// Against Caddy itself.
#include "services/caddy/caddy_service.hpp"

#include "base/deadline.hpp"
#include "services/caddy/caddy_program.hpp"
#include "services/caddy/http_load.hpp"
#include "services/caddy/slot_markers.hpp"
#include "support/run.hpp"
#include "support/temp_directory.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <sstream>

using namespace panel;
using namespace panel::caddy;
namespace fs = std::filesystem;

namespace {

template <class T> using Waiting = boost::asio::awaitable<T>;

DomainName name(const std::string& text) { return *DomainName::parse(text); }

struct Fixture {
    boost::asio::io_context loop;
    test::TempDirectory directory;
    test::CaddyProgram caddy{directory.path()};
    std::uint16_t app_port = test::free_port();
    std::uint16_t probe_port = test::free_port();
    std::uint16_t blue = test::free_port();
    std::uint16_t green = test::free_port();
    SlotMarkers markers{directory.path() / "slots", directory.path() / "static"};
    CaddyService service{loop.get_executor(), settings(0)};

    ~Fixture() { test::run(loop, service.stop()); }
    CaddySettings settings(std::uint16_t probe) {
        const auto& path = directory.path();
        auto paths = SitePaths::make(
            {path / "slots", path / "static", path / "log", app_port, probe, "0123456789abcdef0123"});
        net::Endpoint admin;
        admin.socket_path = caddy.socket();
        return {admin, caddy.caddyfile(), caddy.site_files(), *paths};
    }
    Site site(std::int64_t id, const std::string& domain) {
        return {id, {{name(domain), false}}, blue, green};
    }
    Result<void> apply(Site s) {
        return test::run(loop, service.apply_site(std::move(s)), std::chrono::seconds{30});
    }
    Result<ProbeAnswer> probe(const std::string& host, const std::string& path = "/") {
        return test::run(loop, service.probe(name(host), path));
    }
    test::Answer get(const std::string& path, const std::string& headers = {},
                     const std::string& host = "app.localhost", const std::string& method = "GET") {
        test::Visitor visitor(app_port);
        return visitor.ask(
            fmt::format("{} {} HTTP/1.1\r\nHost: {}:{}\r\n{}\r\n", method, path, host, app_port, headers));
    }
    std::size_t reloads() { return caddy.count_lines("load complete"); }
    std::string file(std::int64_t id) {
        std::ifstream input(caddy.site_files() / fmt::format("{}.caddy", id));
        std::ostringstream text;
        text << input.rdbuf();
        return text.str();
    }
    void drain(std::uint16_t port) {
        auto quiet_since = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - quiet_since < drain_quiet_time) {
            const auto open = test::run(loop, service.open_requests(port));
            REQUIRE(open);
            if (*open != 0) quiet_since = std::chrono::steady_clock::now();
            test::run(loop, sleep_for(std::chrono::milliseconds{50}));
        }
    }
    void put(const std::string& path, const std::string& content) {
        const auto target = markers.static_directory(5, 1) / path;
        fs::create_directories(target.parent_path());
        std::ofstream(target) << content;
    }
};

} // namespace

TEST_CASE_FIXTURE(Fixture,
                  "releases are switched under load without one failed request, and without a reload") {
    auto blue_app = std::make_unique<test::Upstream>("blue", blue);
    auto green_app = std::make_unique<test::Upstream>("green", green);
    REQUIRE(markers.set(5, Slot::blue));
    REQUIRE(apply(site(5, "app.localhost")));
    REQUIRE(caddy.wait_for_lines("load complete", 1));
    test::Load load(app_port, fmt::format("app.localhost:{}", app_port), 10);
    auto current = Slot::blue;
    for (int switches = 0; switches < 5; ++switches) {
        const bool is_blue = current == Slot::blue;
        const auto next = is_blue ? Slot::green : Slot::blue;
        REQUIRE(markers.set(5, next));
        drain(is_blue ? blue : green);
        // The old release ends without any grace, and a new one takes its port at once.
        auto& old = is_blue ? blue_app : green_app;
        old.reset();
        old = std::make_unique<test::Upstream>(std::string(to_string(current)), is_blue ? blue : green);
        current = next;
    }
    load.stop();
    CHECK(load.failed.load() == 0);
    CHECK(load.asked.load() > 500);
    CHECK(load.blue.load() > 0);
    CHECK(load.green.load() > 0);
    CHECK(reloads() == 1);
    drain(blue);
    CHECK(*test::run(loop, service.open_requests(green)) == 0);
    CHECK(*test::run(loop, service.open_requests(1)) == 0);
}

TEST_CASE_FIXTURE(Fixture, "requests under way are counted") {
    test::Upstream app("blue", blue);
    REQUIRE(markers.set(5, Slot::blue));
    REQUIRE(apply(site(5, "app.localhost")));
    test::Load load(app_port, fmt::format("app.localhost:{}", app_port), 4);
    int most = 0;
    for (int i = 0; i < 2'000 && most == 0; ++i) most = *test::run(loop, service.open_requests(blue));
    CHECK(most > 0);
}

TEST_CASE_FIXTURE(Fixture, "a probe says which slot answered, and visitors are not told") {
    test::Upstream app("blue", blue);
    REQUIRE(apply(site(5, "app.localhost")));
    CHECK(probe("app.localhost")->status == 503);
    CHECK(probe("app.localhost")->slot.empty());
    REQUIRE(markers.set(5, Slot::blue));
    CHECK(probe("app.localhost")->status == 200);
    CHECK(probe("app.localhost")->slot == "blue");
    REQUIRE(markers.set(5, Slot::green)); // nobody listens there
    CHECK(probe("app.localhost")->status == 502);
    CHECK(probe("app.localhost")->slot == "green");
    const auto unreachable = get("/");
    CHECK(unreachable.status == 502);
    CHECK(unreachable.body.contains("not answering right now"));
    CHECK_FALSE(unreachable.head.contains("X-Panel-Slot"));
    REQUIRE(markers.set(5, Slot::blue));
    const auto seen = get("/", "X-Panel-Probe: guess\r\n");
    CHECK_FALSE(seen.head.contains("X-Panel-Slot"));
    CHECK(seen.head.contains("X-Saw-Probe: no"));
    CHECK(get("/", "X-Panel-Probe: 0123456789abcdef0123\r\n").head.contains("X-Saw-Probe: no"));
    CHECK(probe("app.localhost", "no-slash").error().code == Code::invalid);
    CHECK_FALSE(probe("app.localhost", "/x y\r\nA: b"));
}

TEST_CASE_FIXTURE(Fixture, "with a port for probes the same site answers there, on loopback only") {
    CaddyService https(loop.get_executor(), settings(probe_port));
    test::Upstream app("green", green);
    REQUIRE(markers.set(5, Slot::green));
    REQUIRE(test::run(loop, https.apply_site(site(5, "app.localhost"))));
    CHECK(test::run(loop, https.probe(name("app.localhost"), "/"))->slot == "green");
    CHECK(get("/").body == "green");
    CHECK(file(5).contains("bind 127.0.0.1"));
    test::run(loop, https.stop());
}

TEST_CASE_FIXTURE(
    Fixture, "static files are served with the right headers, pages without suffix and the site's own 404") {
    put("index.html", "start");
    put("about.html", "about");
    put("docs/index.html", "docs");
    put("404.html", "own 404");
    put(".env", "secret");
    put(".git/config", "secret");
    put(".well-known/security.txt", "contact");
    put("assets/index-DiwrgTda.js", "vite");
    put("assets/jquery-validate.js", "plain");
    put("static/js/main.4f2b1c3d.chunk.js", "webpack");
    put("report-20240101.css", "date");
    put("_next/static/x.js", "next");
    put("pre.js", "plain");
    put("pre.js.gz", "packed");
    REQUIRE(markers.publish_static(5, 1));
    REQUIRE(markers.set(5, Slot::static_files));
    REQUIRE(apply(site(5, "app.localhost")));
    CHECK(get("/").body == "start");
    CHECK(get("/about").body == "about");
    CHECK(get("/docs").body == "docs");
    CHECK(get("/docs/").body == "docs");
    CHECK(get("/about?x=1").body == "about");
    CHECK(get("/.well-known/security.txt").body == "contact");
    CHECK(get("/pre.js", "Accept-Encoding: gzip\r\n").body == "packed");
    CHECK(get("/pre.js").body == "plain");
    for (const auto* path : {"/missing", "/docs/missing.js", "/.env", "/.git/config", "/%2egit/config",
                             "/static/js/", "/a%00b"}) {
        CAPTURE(path);
        const auto answer = get(path, "Accept: text/html\r\n");
        CHECK(answer.status == 404);
        CHECK(answer.body == "own 404");
    }
    for (const auto* path :
         {"/../../../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
          "/..%2f..%2f..%2f..%2fetc/passwd", "/..%5c..%5cetc", "/assets/../../../Caddyfile", "/{env.CANARY}",
          "/%7Benv.CANARY%7D", "/{file./etc/passwd}"}) {
        CAPTURE(path);
        const auto answer = get(path);
        CHECK_FALSE(answer.body.contains("root:"));
        CHECK_FALSE(answer.body.contains("admin unix"));
        CHECK_FALSE((answer.head + answer.body).contains("canary-of-the-environment"));
    }
    const std::string immutable = "Cache-Control: public, max-age=31536000, immutable";
    const std::string revalidate = "Cache-Control: public, max-age=0, must-revalidate";
    for (const auto* path :
         {"/assets/index-DiwrgTda.js", "/static/js/main.4f2b1c3d.chunk.js", "/_next/static/x.js"}) {
        CAPTURE(path);
        CHECK(get(path).head.contains(immutable));
    }
    for (const auto* path : {"/", "/about", "/assets/jquery-validate.js", "/report-20240101.css"}) {
        CAPTURE(path);
        CHECK(get(path).head.contains(revalidate));
    }
    CHECK_FALSE(get("/assets/missing-DiwrgTda.js").head.contains("immutable"));
    CHECK(get("/", {}, "app.localhost", "POST").status == 405);
    CHECK(probe("app.localhost")->slot == "static");
    const auto tag_at = get("/").head.find("Etag: ");
    REQUIRE(tag_at != std::string::npos);
    const auto tag = get("/").head.substr(tag_at + 6, get("/").head.find("\r\n", tag_at) - tag_at - 6);
    CHECK(get("/", "If-None-Match: " + tag + "\r\n").status == 304);
}

TEST_CASE_FIXTURE(Fixture,
                  "a single page application gets its page for navigation, and 404 for missing files") {
    put("index.html", "app");
    put("assets/logo.svg", "<svg/>");
    REQUIRE(markers.publish_static(5, 1));
    REQUIRE(markers.set(5, Slot::static_files, true));
    REQUIRE(apply(site(5, "app.localhost")));
    const std::string browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
    CHECK(get("/users/7", browser).status == 200);
    CHECK(get("/users/7", browser).body == "app");
    CHECK(get("/assets/", browser).body == "app"); // a directory of files is no page
    CHECK(get("/assets/old-1234.js", "Accept: */*\r\n").status == 404);
    CHECK(get("/assets/logo.svg").body == "<svg/>");
    CHECK(get("/.env", browser).status == 404);
    CHECK(get("/missing").body == "This page does not exist.");
    REQUIRE(markers.set(5, Slot::static_files, false));
    CHECK(get("/users/7", browser).status == 404);
}

TEST_CASE_FIXTURE(Fixture, "a configuration that Caddy refuses leaves the old one in force and on disk") {
    test::Upstream app("blue", blue);
    REQUIRE(markers.set(5, Slot::blue));
    REQUIRE(apply(site(5, "app.localhost")));
    const auto good = file(5);
    std::ofstream(caddy.site_files() / "6.caddy")
        << "http://other.localhost:" << app_port << " {\n\trespond other\n}\n";
    const auto taken = apply(site(5, "other.localhost")); // two sites with one name
    REQUIRE_FALSE(taken);
    CHECK(taken.error().code == Code::invalid);
    CHECK(taken.error().message == "Another site of this server already has one of these domains.");
    CHECK(file(5) == good);
    CHECK(get("/").body == "blue");
    CHECK_FALSE(apply({7, {}, blue, green}));
    CHECK_FALSE(apply(site(8, "other.localhost")));
    CHECK(file(8).empty());
    CHECK(*service.list_sites() == std::vector<std::int64_t>{5, 6});
}

TEST_CASE_FIXTURE(Fixture, "an unchanged site is not reloaded, and a removed one is gone") {
    CHECK(service.list_sites()->empty());
    REQUIRE(apply(site(5, "app.localhost")));
    const auto before = caddy.count_lines("using config");
    const auto starts = caddy.count_lines("server running");
    REQUIRE(apply(site(5, "app.localhost")));
    CHECK(caddy.count_lines("server running") == starts);
    CHECK(caddy.count_lines("using config") == before);
    CHECK(get("/").status == 503);
    CHECK(get("/").body == "No release of this site is live yet.");
    REQUIRE(test::run(loop, service.remove_site(5)));
    CHECK(service.list_sites()->empty());
    CHECK(get("/").status != 503);
    CHECK(test::run(loop, service.remove_site(5)));
}

TEST_CASE_FIXTURE(Fixture,
                  "changes that come together share a reload, and only the one at fault is refused") {
    using namespace boost::asio::experimental::awaitable_operators;
    const auto three = [](CaddyService& to, Site a, Site b, Site c) -> Waiting<std::vector<Result<void>>> {
        auto one = to.apply_site(std::move(a));
        auto two = to.apply_site(std::move(b));
        auto last = to.apply_site(std::move(c));
        auto [x, y, z] = co_await (std::move(one) && std::move(two) && std::move(last));
        std::vector<Result<void>> results{x, y, z};
        co_return results;
    };
    REQUIRE(reloads() == 0);
    auto good = test::run(
        loop, three(service, site(1, "one.localhost"), site(2, "two.localhost"), site(3, "three.localhost")),
        std::chrono::seconds{60});
    for (const auto& result : good) CHECK(result);
    REQUIRE(caddy.wait_for_lines("load complete", 1));
    CHECK(reloads() < 3);
    auto mixed = test::run(
        loop, three(service, site(4, "four.localhost"), site(5, "one.localhost"), site(6, "six.localhost")),
        std::chrono::seconds{60});
    CHECK(mixed[0]);
    CHECK_FALSE(mixed[1]);
    CHECK(mixed[2]);
    CHECK(*service.list_sites() == std::vector<std::int64_t>{1, 2, 3, 4, 6});
    CHECK(get("/", {}, "four.localhost").status == 503);
    CHECK(get("/", {}, "six.localhost").status == 503);
}

TEST_CASE_FIXTURE(Fixture, "when Caddy is down the file waits for its next start") {
    const auto version = test::run(loop, service.version());
    REQUIRE(version);
    CHECK(version->starts_with("2."));
    CHECK_FALSE(version->contains('\n'));
    caddy.kill();
    const auto down = apply(site(5, "app.localhost"));
    REQUIRE_FALSE(down);
    CHECK(down.error().code == Code::unavailable);
    CHECK(down.error().message.contains("not running"));
    CHECK(test::run(loop, service.version()).error().code == Code::unavailable);
    CHECK(test::run(loop, service.open_requests(blue)).error().code == Code::unavailable);
    CHECK(probe("app.localhost").error().code == Code::unavailable);
    CHECK_FALSE(file(5).empty());
    caddy.start();
    CHECK(get("/").status == 503);
    const auto starts = caddy.count_lines("server running");
    CHECK(apply(site(5, "app.localhost"))); // Caddy has it already
    CHECK(caddy.count_lines("server running") == starts);
}

TEST_CASE_FIXTURE(Fixture, "the access log is JSON without the probe's token") {
    REQUIRE(apply(site(5, "app.localhost")));
    REQUIRE(probe("app.localhost"));
    REQUIRE(get("/visited").status == 503);
    std::ifstream log(directory.path() / "log" / "5.log");
    std::string line;
    int count = 0;
    // Caddy may write the line after the answer has arrived here.
    for (int i = 0; i < 500 && count < 2; ++i) {
        log.clear();
        while (std::getline(log, line)) {
            CHECK_FALSE(line.contains("0123456789abcdef0123"));
            CHECK(boost::json::parse(line).at("request").at("method") == "GET");
            ++count;
        }
        test::run(loop, sleep_for(std::chrono::milliseconds{10}));
    }
    CHECK(count == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "a check finds a file that was edited or removed, and applying the site repairs it") {
    REQUIRE(apply(site(5, "app.localhost")));
    const auto differing = [&] {
        std::vector<Site> sites{site(5, "app.localhost")};
        return test::run(loop, service.check_sites(std::move(sites))).value().differing;
    };
    CHECK(differing().empty());
    const auto right = file(5);
    std::ofstream(caddy.site_files() / "5.caddy") << "other.localhost { respond 418 }";
    CHECK(differing() == std::vector<std::int64_t>{5});
    REQUIRE(apply(site(5, "app.localhost")));
    CHECK(file(5) == right);
    fs::remove(caddy.site_files() / "5.caddy");
    CHECK(differing() == std::vector<std::int64_t>{5});
    REQUIRE(apply(site(5, "app.localhost")));
    CHECK(differing().empty());
    CHECK(probe("app.localhost")->status == 503); // nothing is live, but the site is there
}

TEST_CASE_FIXTURE(Fixture, "a check finds that Caddy lost its configuration, and a load brings it back") {
    REQUIRE(apply(site(5, "app.localhost")));
    const auto is_in_force = [&](CaddyService& by) {
        std::vector<Site> sites{site(5, "app.localhost")};
        return test::run(loop, by.check_sites(std::move(sites))).value().is_in_force;
    };
    CHECK(is_in_force(service));
    const auto forget = [&] {
        net::Call call;
        call.endpoint.socket_path = caddy.socket();
        call.method = "DELETE";
        call.target = "/config/apps";
        return test::run(loop, net::send(std::move(call)));
    };
    REQUIRE(forget()->status == 200);
    CHECK_FALSE(is_in_force(service));
    REQUIRE(test::run(loop, service.load()));
    CHECK(is_in_force(service));
    CHECK(probe("app.localhost")->status == 503);
    // A service that has loaded nothing yet finds out by loading.
    REQUIRE(forget()->status == 200);
    CaddyService restarted(loop.get_executor(), settings(0));
    CHECK_FALSE(is_in_force(restarted));
    CHECK(is_in_force(restarted));
    test::run(loop, restarted.stop());
    CHECK(probe("app.localhost")->status == 503);
}

TEST_CASE_FIXTURE(Fixture, "temporary files of a writer that died go with the next check") {
    const auto left = caddy.site_files() / ".5.caddy.tmp";
    const auto young = caddy.site_files() / ".6.caddy.tmp";
    std::ofstream(left) << "half";
    std::ofstream(young) << "half";
    fs::last_write_time(left, fs::file_time_type::clock::now() - std::chrono::minutes{3});
    REQUIRE(test::run(loop, service.check_sites({})));
    CHECK_FALSE(fs::exists(left));
    CHECK(fs::exists(young));
}
