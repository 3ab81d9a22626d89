// Deployments that fail: the reason, the sentence, the log line, and visitors who notice nothing.
#include "deployment_scenario.hpp"

#include "services/deployment/site_of.hpp"

#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <algorithm>

using namespace panel;
using test::DeploymentScenario;
using Calls = std::vector<std::string>;

namespace {

bool has(const Calls& calls, const std::string& call) {
    return std::ranges::find(calls, call) != calls.end();
}

// Deployment 1 is live, in the blue slot or from disk.
struct WithLive : DeploymentScenario {
    explicit WithLive(bool is_static = false) {
        if (is_static)
            push_static({{"index.html", "one"}});
        else
            push_server();
        REQUIRE(deploy().row.deployment.status == DeploymentStatus::success);
        take_calls();
        told.clear();
    }

    Explanation fails(const std::string& expected_steps) {
        const auto detail = deploy();
        const auto id = detail.row.deployment.id;
        CHECK(detail.row.deployment.status == DeploymentStatus::failed);
        CHECK(detail.row.deployment.completed_at);
        CHECK_FALSE(detail.row.is_live);
        CHECK_FALSE(detail.row.can_roll_back);
        REQUIRE(detail.explanation);
        CHECK(detail.row.deployment.error_message == detail.explanation->sentence);
        CHECK(detail.explanation->visitors == "Visitors still get deployment 1.");
        CHECK(detail.explanation->next_step != "");
        CHECK(steps(id) == expected_steps);
        CHECK(told.back() == std::to_string(id) + " failed");
        const auto lines = log_lines(id);
        CHECK(lines.back() ==
              "==> Failed: " + detail.explanation->sentence + " " + detail.explanation->visitors);
        if (detail.explanation->log_line) {
            REQUIRE(*detail.explanation->log_line <= static_cast<std::int64_t>(lines.size()));
            CHECK(lines[static_cast<std::size_t>(*detail.explanation->log_line - 1)] ==
                  detail.explanation->log_text);
        }
        check_untouched();
        return *detail.explanation;
    }

    void check_untouched() {
        CHECK(project().live_deployment_id == 1);
        CHECK(project().status == ProjectStatus::active);
        const auto slot = deployment::parse_slot(release(1)->slot);
        CHECK(markers.read(1) == slot);
        if (slot == caddy::Slot::static_files) {
            CHECK(markers.published_static(1) == 1);
            CHECK(served("index.html") == "one");
        } else {
            CHECK(docker.containers() == Calls{"vps-panel-p1-blue"});
            CHECK(docker.is_running("vps-panel-p1-blue"));
            CHECK_FALSE(has(calls, "stop vps-panel-p1-blue"));
        }
        CHECK_FALSE(docker.has_image("vps-panel/p1:d2"));
    }
};

} // namespace

TEST_CASE("a build that fails names its cause and the line of the log that shows it") {
    WithLive panel;
    panel.docker.build_lines = {
        "#5 RUN npm ci", "#5 1.2 npm error code EUSAGE",
        "#5 1.2 npm error `npm ci` can only install packages when your package.json and "
        "package-lock.json are in sync."};
    panel.docker.next_build = {false, "", "process \"npm ci\" did not complete", "RUN npm ci", 1};
    const auto why = panel.fails("success success success failed skipped skipped skipped skipped skipped");
    CHECK(why.reason == "lockfile_out_of_date");
    CHECK(why.sentence == "package-lock.json does not match package.json.");
    CHECK(why.log_text.contains("can only install packages"));
    CHECK(panel.calls == Calls{"fetch main", "build vps-panel/p1:d2", "cancel build vps-panel-d2-1"});
    CHECK(panel.told == Calls{"2 pending", "2 building", "2 failed"});
}

TEST_CASE("a first build that fails leaves the project failed and says that there is no release yet") {
    DeploymentScenario panel;
    panel.push_server();
    panel.docker.next_build = {false, "", "did not complete", "RUN npm run build", 2};
    const auto detail = panel.deploy();
    CHECK(detail.row.deployment.status == DeploymentStatus::failed);
    CHECK(detail.explanation->reason == "command_failed");
    CHECK(detail.explanation->sentence == "The command \"RUN npm run build\" failed with exit code 2.");
    CHECK(detail.explanation->visitors == "Visitors get no release yet.");
    CHECK(panel.project().status == ProjectStatus::failed);
    CHECK(panel.markers.read(1) == caddy::Slot::none);
    CHECK_FALSE(panel.project().live_deployment_id);
}

TEST_CASE("a repository that nothing recognises fails at detection") {
    WithLive panel;
    panel.git.push("https://git.example.com/acme/web.git", "main", {{"README.md", "# notes"}}, "notes only");
    const auto why = panel.fails("success success failed skipped skipped skipped skipped skipped skipped");
    CHECK(why.reason == "not_recognised");
    CHECK(panel.calls == Calls{"fetch main"});
}

TEST_CASE("a git server that refuses fails at the clone") {
    WithLive panel;
    panel.git.is_down = true;
    const auto why = panel.fails("success failed skipped skipped skipped skipped skipped skipped skipped");
    CHECK(why.reason == "git");
    CHECK(why.sentence == "The git server does not answer.");
    CHECK(panel.calls == Calls{"fetch main"});
}

TEST_CASE("Docker that does not answer fails the build and says so") {
    WithLive panel;
    panel.docker.is_down = true;
    const auto why = panel.fails("success success success failed skipped skipped skipped skipped skipped");
    CHECK(why.reason == "docker");
    CHECK(why.sentence == "Docker does not answer.");
}

TEST_CASE("Caddy that does not answer at the route removes the new container and keeps the old") {
    WithLive panel;
    panel.script = [&](const std::string& call) {
        if (call == "apply site 1") panel.proxy.is_down = true;
    };
    const auto why = panel.fails("success success success success success success failed skipped skipped");
    CHECK(why.reason == "proxy");
    CHECK(why.sentence == "Caddy does not answer.");
    CHECK(panel.calls == Calls{"fetch main", "build vps-panel/p1:d2", "create vps-panel-p1-green",
                               "start vps-panel-p1-green", "apply site 1", "remove vps-panel-p1-green",
                               "remove image vps-panel/p1:d2"});
}

TEST_CASE("a route that never answers from the new slot is switched back before the new container goes") {
    WithLive panel;
    panel.proxy.probe_answer = caddy::ProbeAnswer{200, "blue"};
    auto while_probing = caddy::Slot::none;
    auto while_removing = caddy::Slot::none;
    panel.script = [&](const std::string& call) {
        if (call.starts_with("probe")) while_probing = panel.markers.read(1);
        if (call == "remove vps-panel-p1-green") while_removing = panel.markers.read(1);
    };
    const auto why = panel.fails("success success success success success success failed skipped skipped");
    CHECK(why.reason == "route");
    CHECK(why.sentence ==
          "The new release did not answer through Caddy: Caddy answered with status 200 from the blue slot.");
    CHECK(while_probing == caddy::Slot::green);
    CHECK(while_removing == caddy::Slot::blue);
    CHECK(panel.calls == Calls{"fetch main", "build vps-panel/p1:d2", "create vps-panel-p1-green",
                               "start vps-panel-p1-green", "apply site 1", "probe web.localhost",
                               "remove vps-panel-p1-green", "remove image vps-panel/p1:d2"});
}

TEST_CASE("a first release whose route is not confirmed leaves nothing that serves") {
    DeploymentScenario panel;
    panel.push_server();
    panel.proxy.probe_answer = caddy::ProbeAnswer{502, "blue"};
    CHECK(panel.deploy().row.deployment.status == DeploymentStatus::failed);
    CHECK(panel.markers.read(1) == caddy::Slot::none);
    CHECK(panel.docker.containers().empty());
    CHECK_FALSE(panel.project().live_deployment_id);
}

TEST_CASE("an app that answers 500 is not switched to") {
    WithLive panel;
    panel.ports.settings.health_timeout = std::chrono::seconds{1};
    panel.answer(caddy::Slot::green, 500);
    const auto why = panel.fails("success success success success success failed skipped skipped skipped");
    CHECK(why.reason == "unhealthy");
    CHECK(why.sentence == "The app answered / with status 500.");
    CHECK(panel.calls == Calls{"fetch main", "build vps-panel/p1:d2", "create vps-panel-p1-green",
                               "start vps-panel-p1-green", "remove vps-panel-p1-green",
                               "remove image vps-panel/p1:d2"});
}

TEST_CASE("an app that ends at its start is explained by what it printed") {
    WithLive panel;
    panel.be_silent(caddy::Slot::green);
    panel.script = [&](const std::string& call) {
        if (call != "start vps-panel-p1-green") return;
        boost::asio::post(panel.loop, [&panel] {
            panel.docker.print("vps-panel-p1-green",
                               "starting\nError: Missing environment variable DATABASE_URL\n");
            panel.docker.exit("vps-panel-p1-green", 1);
        });
    };
    const auto why = panel.fails("success success success success success failed skipped skipped skipped");
    CHECK(why.reason == "missing_variable");
    CHECK(why.sentence == "The environment variable DATABASE_URL is not set.");
    CHECK(why.log_text == "Error: Missing environment variable DATABASE_URL");
    CHECK(has(panel.log_lines(2), "==> What the app printed"));
}

TEST_CASE("an app that is seen running between two crashes is explained by its exit code all the same") {
    WithLive panel;
    panel.be_silent(caddy::Slot::green);
    panel.script = [&](const std::string& call) {
        if (call == "start vps-panel-p1-green")
            boost::asio::post(panel.loop, [&panel] { panel.docker.crash_loop("vps-panel-p1-green", 3); });
    };
    const auto why = panel.fails("success success success success success failed skipped skipped skipped");
    CHECK(why.reason == "app_exited");
    CHECK(why.sentence == "The app ended with exit code 3 instead of staying up.");
}

TEST_CASE("an app that ends without a word is explained by its exit code") {
    WithLive panel;
    panel.be_silent(caddy::Slot::green);
    panel.script = [&](const std::string& call) {
        if (call == "start vps-panel-p1-green")
            boost::asio::post(panel.loop, [&panel] { panel.docker.exit("vps-panel-p1-green", 3); });
    };
    const auto why = panel.fails("success success success success success failed skipped skipped skipped");
    CHECK(why.reason == "app_exited");
    CHECK(why.sentence == "The app ended with exit code 3 instead of staying up.");
}

TEST_CASE("an app that was killed for its memory is explained by its limit") {
    WithLive panel;
    panel.ports.settings.app_memory_bytes = 256 << 20;
    panel.be_silent(caddy::Slot::green);
    panel.script = [&](const std::string& call) {
        if (call == "start vps-panel-p1-green")
            boost::asio::post(panel.loop, [&panel] { panel.docker.exit("vps-panel-p1-green", 137, true); });
    };
    const auto why = panel.fails("success success success success success failed skipped skipped skipped");
    CHECK(why.reason == "out_of_memory");
    CHECK(why.sentence == "The app used more than its 256 MB of memory and was killed.");
}

TEST_CASE("an app on another port is told which one it listens on") {
    WithLive panel;
    panel.ports.settings.health_timeout = std::chrono::seconds{1};
    panel.be_silent(caddy::Slot::green);
    panel.docker.ports_seen = docker::ListeningPorts{{8080}, {}};
    const auto why = panel.fails("success success success success success failed skipped skipped skipped");
    CHECK(why.reason == "wrong_port");
    CHECK(why.sentence == "The app listens on port 8080, not on port 3000.");
}

TEST_CASE("an app on localhost only is told to listen on every address") {
    WithLive panel;
    panel.ports.settings.health_timeout = std::chrono::seconds{1};
    panel.be_silent(caddy::Slot::green);
    panel.docker.ports_seen = docker::ListeningPorts{{}, {3000}};
    CHECK(panel.fails("success success success success success failed skipped skipped skipped").reason ==
          "listens_on_loopback");
}

TEST_CASE("a static build without files fails and leaves the older files published") {
    WithLive panel(true);
    panel.push_static({{"index.html", "two"}}, "second");
    panel.docker.image_files[panel.docker.next_build.image_id].clear();
    const auto why = panel.fails("success success success success skipped failed skipped skipped skipped");
    CHECK(why.reason == "no_output");
    CHECK(why.sentence == "The build left no files in its output directory.");
    CHECK_FALSE(std::filesystem::exists(panel.markers.static_directory(1, 2)));
}

TEST_CASE("a static build without its output directory fails and leaves nothing in the engine") {
    WithLive panel(true);
    panel.push_static({{"index.html", "two"}}, "second");
    panel.docker.image_files.erase(panel.docker.next_build.image_id);
    const auto why = panel.fails("success success success failed skipped skipped skipped skipped skipped");
    CHECK(why.reason == "output");
    CHECK(panel.docker.containers().empty());
    CHECK_FALSE(std::filesystem::exists(panel.markers.static_directory(1, 2)));
}

TEST_CASE("a static site whose route is not confirmed gets its older files back") {
    WithLive panel(true);
    panel.push_static({{"index.html", "two"}}, "second");
    panel.proxy.probe_answer = caddy::ProbeAnswer{404, ""};
    std::string while_probing;
    panel.script = [&](const std::string& call) {
        if (call.starts_with("probe")) while_probing = panel.served("index.html");
    };
    const auto why = panel.fails("success success success success skipped success failed skipped skipped");
    CHECK(why.reason == "route");
    CHECK(while_probing == "two");
}
