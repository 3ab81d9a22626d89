// What keeps the world like the record: reconcile at start, a project taken off the server, bounded logs.
#include "deployment_scenario.hpp"

#include "services/deployment/reconcile.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>

using namespace panel;
using test::DeploymentScenario;
using Calls = std::vector<std::string>;

namespace {

void reconcile(DeploymentScenario& panel) {
    panel.temp.clock.advance(std::chrono::minutes{3}); // no release is watched any more
    deployment::Reconcile run(panel.loop.get_executor(), panel.ports, panel.bell);
    panel.run(run.run());
}

std::map<std::string, std::string> labels(const std::string& installation, const std::string& project) {
    return {{"vps-panel.data", installation}, {"vps-panel.project", project}};
}

boost::asio::awaitable<void> print_long_line(docker::LogSink log) {
    const std::string megabyte(1 << 20, 'x');
    for (int i = 0; i < 100; ++i) co_await log(megabyte);
    co_await log("\nbad \xff\xfe bytes \xc3\n");
}

std::int64_t peak_kilobytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

} // namespace

TEST_CASE("reconcile puts back a marker that does not say what is live") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    REQUIRE(panel.markers.set(1, caddy::Slot::green));
    panel.take_calls();
    reconcile(panel);
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
    CHECK(panel.calls.empty());
}

TEST_CASE("reconcile puts back the link to the live files") {
    DeploymentScenario panel;
    panel.push_static({{"index.html", "one"}});
    panel.deploy();
    panel.push_static({{"index.html", "two"}}, "second");
    panel.deploy();
    REQUIRE(panel.markers.publish_static(1, 1));
    reconcile(panel);
    CHECK(panel.served("index.html") == "two");
}

TEST_CASE("reconcile starts a live container that is gone, with the environment of its release") {
    DeploymentScenario panel;
    std::vector<environment::VariableInput> variables;
    variables.push_back({"GREETING", Secret("one"), true, EnvironmentScope::all});
    REQUIRE(panel.run(panel.environment.put(panel.owner, 1, variables)));
    panel.push_server();
    panel.deploy();
    variables.front().value = Secret("two"); // set since, not yet deployed
    REQUIRE(panel.run(panel.environment.put(panel.owner, 1, variables)));
    panel.run(panel.docker.remove_container("vps-panel-p1-blue")).value();
    panel.take_calls();
    reconcile(panel);
    CHECK(panel.calls == Calls{"create vps-panel-p1-blue", "start vps-panel-p1-blue"});
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
    const auto& spec = panel.docker.spec("vps-panel-p1-blue");
    const std::pair<std::string, std::string> greeting("GREETING", "one");
    CHECK(std::ranges::find(spec.environment, greeting) != spec.environment.end());
    CHECK(spec.host_port == panel.port(caddy::Slot::blue));
}

TEST_CASE("reconcile removes containers of this installation that no release accounts for, and no others") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.docker.add_running("vps-panel-p1-green", labels("test", "1"));
    panel.docker.add_running("vps-panel-p77-blue", labels("test", "77"));
    panel.docker.add_running("other-p1-green", labels("another", "1"));
    panel.docker.add_running("database");
    reconcile(panel);
    CHECK(panel.docker.containers() == Calls{"database", "other-p1-green", "vps-panel-p1-blue"});
    CHECK(panel.docker.is_running("vps-panel-p1-blue"));
}

TEST_CASE("reconcile rings for what is unfinished and leaves its container to the worker") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    const auto id = panel.trigger();
    panel.temp.write([&](soci::session& session) {
        database::set_deployment_status(session, id, DeploymentStatus::building, panel.temp.clock.now());
    });
    panel.docker.add_running("vps-panel-p1-green", labels("test", "1"));
    reconcile(panel);
    CHECK(panel.docker.is_running("vps-panel-p1-green"));
    panel.step();
    CHECK(panel.detail(id).row.deployment.status == DeploymentStatus::success);
}

TEST_CASE("reconcile without Docker and Caddy repairs the markers all the same") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    REQUIRE(panel.markers.set(1, caddy::Slot::green));
    panel.docker.is_down = true;
    panel.proxy.is_down = true;
    reconcile(panel);
    CHECK(panel.markers.read(1) == caddy::Slot::blue);
}

TEST_CASE("a removed project loses its deployment, route, containers, images, network, files and mirror") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.docker.add_running("other-p1-blue", labels("another", "1"));
    panel.take_calls();
    test::Gate gate(panel.loop);
    panel.docker.while_building = [&](docker::LogSink) { return gate.pass(); };
    panel.trigger();
    panel.begin();
    panel.until([&] { return gate.reached(); });
    REQUIRE(panel.run(panel.cleaner.remove(panel.project())));
    panel.until([&] { return panel.finished(); });
    CHECK(panel.detail(2).row.deployment.status == DeploymentStatus::cancelled);
    const auto image = panel.release(1)->image_id;
    CHECK(panel.calls == Calls{"fetch main", "build vps-panel/p1:d2", "cancel build vps-panel-d2-1",
                               "remove site 1", "remove vps-panel-p1-blue", "remove image " + image,
                               "remove network vps-panel-p1",
                               "remove mirror https://git.example.com/acme/web.git"});
    CHECK(panel.docker.containers() == Calls{"other-p1-blue"});
    CHECK_FALSE(panel.docker.has_image(image));
    CHECK(panel.markers.read(1) == caddy::Slot::none);
    CHECK(panel.proxy.sites().empty());
}

TEST_CASE("a project that waits is removed with its files, and a shared mirror stays") {
    DeploymentScenario panel;
    panel.push_static({{"index.html", "one"}});
    panel.deploy();
    panel.trigger();
    Project twin = panel.project();
    twin.name = "twin";
    panel.temp.write(
        [&](soci::session& session) { database::insert_project(session, twin, "-", 30'000).value(); });
    const auto project = panel.project();
    REQUIRE(panel.run(panel.cleaner.remove(project)));
    CHECK(panel.detail(2).row.deployment.status == DeploymentStatus::cancelled);
    CHECK(panel.served("index.html") == "");
    CHECK_FALSE(std::filesystem::exists(panel.markers.static_directory(1, 1)));
    CHECK(std::ranges::none_of(panel.calls,
                               [](const std::string& call) { return call.starts_with("remove mirror"); }));
    panel.temp.write([](soci::session& session) { database::delete_project(session, 1); });
    CHECK(panel.run(panel.cleaner.remove(project))); // again, without its row
}

TEST_CASE("a project is not removed while Docker does not answer, and is when it does again") {
    DeploymentScenario panel;
    panel.push_server();
    panel.deploy();
    panel.docker.is_down = true;
    const auto refused = panel.run(panel.cleaner.remove(panel.project()));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::unavailable);
    panel.docker.is_down = false;
    CHECK(panel.run(panel.cleaner.remove(panel.project())));
    CHECK(panel.docker.containers().empty());
}

TEST_CASE("a line of 100 MB and bytes that are no text stay within the log's bounds") {
    DeploymentScenario panel;
    panel.push_server();
    panel.docker.while_building = print_long_line;
    const auto before = peak_kilobytes();
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::success);
    CHECK(peak_kilobytes() - before < 32 * 1024);
    CHECK(panel.log(1).size() < 32 * 1024);
    const auto lines = panel.log_lines(1);
    const auto is_cut = [](const std::string& line) { return line.contains("more bytes of this line"); };
    CHECK(std::ranges::count_if(lines, is_cut) == 1);
    CHECK(std::ranges::find(lines, "bad \xef\xbf\xbd\xef\xbf\xbd bytes \xef\xbf\xbd") != lines.end());
    CHECK(lines.back() == "==> Live at http://web.localhost:8088");
}
