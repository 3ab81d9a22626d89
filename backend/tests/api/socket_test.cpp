// The WebSocket over a real loopback server: who gets one, what topics tell, and that a build log resumes at
// exactly the byte where it broke off.

#include "api/socket/topic.hpp"
#include "database/log_repo.hpp"
#include "database/project_repo.hpp"
#include "support/api_scenario.hpp"
#include "support/socket_client.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <string>

using namespace panel;
using namespace panel::test;
using panel::api::parse_topic;
using panel::api::Topic;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct SocketPanel : ApiPanel {
    std::uint16_t port = listen();

    Headers bearer(Who who) const { return {{"Authorization", "Bearer " + person(who).token}}; }
    int connect(SocketClient& client, Headers headers) {
        return run(client.connect(port, std::move(headers)));
    }
    void say(SocketClient& client, const std::string& text) { run(client.send(filled_in(*this, text))); }
    boost::json::value hear(SocketClient& client) { return run(client.receive()); }
    std::string hear_text(SocketClient& client) { return boost::json::serialize(hear(client)); }
};

std::string subscribe_log(std::int64_t offset) {
    return R"({"op":"subscribe","topic":"deployment:{d}:log","offset":)" + std::to_string(offset) + "}";
}

} // namespace

TEST_CASE("topics have one spelling each") {
    CHECK(parse_topic("projects") == Topic{Topic::Kind::projects, 0});
    CHECK(parse_topic("deployment:12") == Topic{Topic::Kind::deployment, 12});
    CHECK(parse_topic("deployment:12:log") == Topic{Topic::Kind::deployment_log, 12});
    CHECK(parse_topic("project:3:deployments") == Topic{Topic::Kind::project_deployments, 3});
    CHECK(parse_topic("project:3:logs") == Topic{Topic::Kind::project_logs, 3});
    for (const auto* name : {"", "project", "project:3", "project:03:logs", "deployment:0",
                             "deployment:12:", "deployment:12:log:", "deployment:x", "Projects", "projects:1",
                             "deployment:-1", " projects"})
        CHECK(!parse_topic(name));
}

TEST_CASE("a WebSocket needs a sign-in; by cookie also our own origin") {
    SocketPanel panel;
    const auto status = [&](const Headers& headers) {
        SocketClient client(panel.loop);
        return panel.connect(client, headers);
    };
    const std::pair<std::string, std::string> cookie{"Cookie", "panel_access=" + panel.owner.token};
    CHECK(status({}) == 401);
    CHECK(status(panel.bearer(Who::owner)) == 101);
    CHECK(status({cookie}) == 403);
    CHECK(status({cookie, {"Origin", "https://evil.example.com"}}) == 403);
    CHECK(status({cookie, {"Origin", "https://localhost:8088"}}) == 403);
    CHECK(status({cookie, {"Origin", "null"}}) == 403);
    CHECK(status({cookie, {"Origin", "http://localhost:8088"}}) == 101);
}

TEST_CASE("a build log comes whole, grows live, and says when it ends") {
    SocketPanel panel;
    panel.append_log(panel.deployment_id, "one\n");
    SocketClient client(panel.loop);
    REQUIRE(panel.connect(client, panel.bearer(Who::owner)) == 101);
    panel.say(client, subscribe_log(0));
    CHECK(
        panel.hear_text(client) ==
        filled_in(panel,
                  R"({"topic":"deployment:{d}:log","offset":0,"next_offset":4,"data":"one\n","end":false})"));
    panel.append_log(panel.deployment_id, "tw\xc3\xb6\n");
    CHECK(panel.hear_text(client) ==
          filled_in(panel, "{\"topic\":\"deployment:{d}:log\",\"offset\":4,\"next_offset\":9,\"data\":"
                           "\"tw\xc3\xb6\\n\",\"end\":false}"));
    panel.finish(panel.deployment_id);
    CHECK(panel.hear_text(client) ==
          filled_in(panel,
                    R"({"topic":"deployment:{d}:log","offset":9,"next_offset":9,"data":"","end":true})"));
}

TEST_CASE(
    "a log that is read over many broken connections arrives byte for byte, nothing lost and nothing twice") {
    SocketPanel panel;
    std::string expected;
    const auto grow = [&](int lines) {
        std::string text;
        for (int i = 0; i < lines; ++i)
            text += "2026-01-31T09:05:00.123Z step " + std::to_string(expected.size() + text.size()) +
                    " \xe2\x9c\x93 done\n";
        expected += text;
        panel.append_log(panel.deployment_id, text);
    };
    grow(4000); // several chunks of 64 KiB
    std::string received;
    std::int64_t offset = 0;
    bool end = false;
    for (int connection = 0; !end; ++connection) {
        REQUIRE(connection < 50);
        SocketClient client(panel.loop);
        REQUIRE(panel.connect(client, panel.bearer(Who::owner)) == 101);
        panel.say(client, subscribe_log(offset));
        const bool ended =
            connection > 6; // then its end is to be told; before, there may be nothing to wait for
        for (int messages = 0; messages < 1 + connection % 3 && !end && (ended || received != expected);
             ++messages) {
            const auto message = panel.hear(client).as_object();
            REQUIRE(message.at("offset") == offset);
            const std::string data(message.at("data").as_string());
            REQUIRE(data.size() <= 64 * 1024);
            received += data;
            offset = message.at("next_offset").as_int64();
            REQUIRE(offset == static_cast<std::int64_t>(received.size()));
            end = message.at("end").as_bool();
        }
        client.drop(); // whatever was under way is lost
        if (connection < 6) grow(700);
        if (connection == 6) panel.finish(panel.deployment_id);
    }
    CHECK(received == expected);
}

TEST_CASE("a place that the log does not have is refused; inside a character it is the next one") {
    SocketPanel panel;
    panel.append_log(panel.deployment_id, "\xc3\xb6\n");
    SocketClient client(panel.loop);
    REQUIRE(panel.connect(client, panel.bearer(Who::owner)) == 101);
    for (const auto offset : {99, -1}) {
        panel.say(client, subscribe_log(offset));
        CHECK(panel.hear(client).at("error").at("code") == "invalid");
    }
    panel.say(client, subscribe_log(1));
    const auto message = panel.hear(client).as_object();
    CHECK(message.at("offset") == 2);
    CHECK(message.at("next_offset") == 3);
    CHECK(message.at("data") == "\n");
}

TEST_CASE("a foreign, an unknown and a malformed topic answer the same error, and no data") {
    SocketPanel panel;
    panel.append_log(panel.deployment_id, "secret\n");
    SocketClient client(panel.loop);
    REQUIRE(panel.connect(client, panel.bearer(Who::other)) == 101);
    for (const auto* topic :
         {"deployment:{d}", "deployment:{d}:log", "project:{p}:deployments", "project:{p}:logs",
          "deployment:999999", "deployment:999999:log", "project:999999:deployments", "project:999999:logs",
          "nonsense", "deployment:x"}) {
        panel.say(client, std::string(R"({"op":"subscribe","topic":")") + topic + "\"}");
        const auto answer = panel.hear(client).as_object();
        CAPTURE(topic);
        CHECK(answer.at("topic").as_string() == filled_in(panel, topic));
        CHECK(boost::json::serialize(answer.at("error")) ==
              R"({"code":"not_found","detail":"There is nothing here."})");
    }
}

TEST_CASE("state topics tell what is, then what changes") {
    SocketPanel panel;
    SocketClient client(panel.loop);
    REQUIRE(panel.connect(client, panel.bearer(Who::owner)) == 101);
    panel.say(client, R"({"op":"subscribe","topic":"deployment:{d}"})");
    const auto now = panel.hear(client).as_object();
    CHECK(now.at("data").at("status") == "pending");
    CHECK(now.at("data").at("steps").as_array().size() == 9);
    panel.finish(panel.deployment_id, DeploymentStatus::cancelled);
    CHECK(panel.hear(client).at("data").at("status") == "cancelled");

    panel.say(client, R"({"op":"subscribe","topic":"projects"})");
    const auto newest = panel.hear(client).as_object();
    CHECK(newest.at("topic") == "projects");
    CHECK(!newest.at("data").as_object().contains("steps"));
    CHECK(panel.call(Who::owner, "POST", filled_in(panel, "/projects/{p}/deployments")).status == 202);
    CHECK(panel.hear(client).at("data").at("id") == panel.deployment_id + 1);
}

TEST_CASE("a user's sockets tell nothing of other users' deployments") {
    SocketPanel panel;
    SocketClient client(panel.loop);
    REQUIRE(panel.connect(client, panel.bearer(Who::other)) == 101);
    panel.say(client, R"({"op":"subscribe","topic":"projects"})");
    panel.say(client, R"({"op":"ping"})");
    CHECK(panel.hear_text(client) == R"({"op":"pong"})");
    panel.finish(panel.deployment_id, DeploymentStatus::cancelled);
    panel.say(client, R"({"op":"ping"})");
    CHECK(panel.hear_text(client) == R"({"op":"pong"})");
}

TEST_CASE("what a live release prints is followed, from one release to the next") {
    SocketPanel panel;
    panel.make_live(panel.project_id, panel.deployment_id);
    SocketClient client(panel.loop);
    REQUIRE(panel.connect(client, panel.bearer(Who::owner)) == 101);
    panel.say(client, R"({"op":"subscribe","topic":"project:{p}:logs"})");
    while (panel.docker.followers("vps-panel-p1-blue") == 0) panel.loop.run_one();
    panel.docker.print("vps-panel-p1-blue", "listening\xff\n");
    CHECK(panel.hear_text(client) == "{\"topic\":\"project:1:logs\",\"data\":\"listening\xef\xbf\xbd\\n\"}");
    panel.run(panel.docker.remove_container("vps-panel-p1-blue"));
    while (panel.docker.followers("vps-panel-p1-blue") != 0) panel.loop.run_one();
    panel.make_live(panel.project_id, panel.deployment_id);
    while (panel.docker.followers("vps-panel-p1-blue") == 0) panel.loop.run_one();
    panel.docker.print("vps-panel-p1-blue", "again\n");
    CHECK(panel.hear(client).at("data") == "again\n");
}

TEST_CASE("unsubscribing and leaving end what was followed") {
    SocketPanel panel;
    panel.make_live(panel.project_id, panel.deployment_id);
    SocketClient client(panel.loop);
    REQUIRE(panel.connect(client, panel.bearer(Who::owner)) == 101);
    for (int i = 0; i < 2; ++i) {
        panel.say(client, R"({"op":"subscribe","topic":"project:{p}:logs"})");
        while (panel.docker.followers("vps-panel-p1-blue") != 1) panel.loop.run_one();
        if (i == 0) {
            panel.say(client, R"({"op":"unsubscribe","topic":"project:{p}:logs"})");
            while (panel.docker.followers("vps-panel-p1-blue") != 0) panel.loop.run_one();
        }
    }
    client.drop();
    while (panel.docker.followers("vps-panel-p1-blue") != 0 || panel.api.open_sockets() != 0)
        panel.loop.run_one();
    CHECK(panel.api.open_sockets() == 0);
}

TEST_CASE("signing out closes the session's sockets with 4401") {
    SocketPanel panel;
    SocketClient client(panel.loop);
    SocketClient others(panel.loop);
    REQUIRE(panel.connect(client, panel.bearer(Who::owner)) == 101);
    REQUIRE(panel.connect(others, panel.bearer(Who::other)) == 101);
    CHECK(panel.call(Who::owner, "POST", "/auth/logout").status == 204);
    CHECK(panel.hear(client).at("closed") == 4401);
    panel.say(others, R"({"op":"ping"})");
    CHECK(panel.hear_text(others) == R"({"op":"pong"})");
}

TEST_CASE("what is no message closes with 1008") {
    SocketPanel panel;
    for (const auto* text : {"hello", "{}", R"({"op":"shout"})", R"({"op":"subscribe"})",
                             R"({"op":"ping","token":"x"})", R"({"op":"subscribe","topic":7})"}) {
        SocketClient client(panel.loop);
        REQUIRE(panel.connect(client, panel.bearer(Who::owner)) == 101);
        panel.say(client, text);
        CAPTURE(text);
        CHECK(panel.hear(client).at("closed") == 1008);
    }
}

TEST_CASE("one socket carries at most 50 topics, one user at most 20 sockets") {
    SocketPanel panel;
    std::vector<std::unique_ptr<SocketClient>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<SocketClient>(panel.loop));
        REQUIRE(panel.connect(*clients.back(), panel.bearer(Who::owner)) == 101);
    }
    SocketClient one_more(panel.loop);
    CHECK(panel.connect(one_more, panel.bearer(Who::owner)) == 429);
    SocketClient others(panel.loop);
    CHECK(panel.connect(others, panel.bearer(Who::other)) == 101);

    panel.make_live(panel.project_id, panel.deployment_id);
    auto& client = *clients.front();
    for (int i = 0; i < 51;
         ++i) { // unknown ones are refused and free their place, so these stay: one project after the other
        const auto made = panel.call(Who::owner, "POST", "/projects",
                                     R"({"name":"p)" + std::to_string(i) +
                                         R"(","git_url":"https://git.example.com/acme/atlas-web.git"})");
        REQUIRE(made.status == 201);
        panel.say(client, R"({"op":"subscribe","topic":"project:)" +
                              std::to_string(panel.project_id + 1 + i) + R"(:deployments"})");
    }
    CHECK(panel.hear(client).at("error").at("code") == "too_many_requests");
}

TEST_CASE("stopping the server ends sockets and all that they follow") {
    SocketPanel panel;
    panel.make_live(panel.project_id, panel.deployment_id);
    SocketClient client(panel.loop);
    REQUIRE(panel.connect(client, panel.bearer(Who::owner)) == 101);
    panel.say(client, R"({"op":"subscribe","topic":"project:{p}:logs"})");
    panel.say(client, subscribe_log(0));
    while (panel.docker.followers("vps-panel-p1-blue") != 1) panel.loop.run_one();
    panel.stop_listening();
    CHECK(panel.docker.followers("vps-panel-p1-blue") == 0);
    CHECK(panel.api.open_sockets() == 0);
    CHECK(panel.hear(client).at("closed") == 1001);
}

TEST_CASE("a pin and its release reach who follows the project, whichever process made them") {
    SocketPanel panel;
    panel.make_live(panel.project_id, panel.deployment_id);
    panel.finish(panel.deployment_id);
    SocketClient client(panel.loop);
    REQUIRE(panel.connect(client, panel.bearer(Who::owner)) == 101);
    for (const auto* topic : {"project:{p}:deployments", "projects"}) {
        panel.say(client, std::string(R"({"op":"subscribe","topic":")") + topic + R"("})");
        CHECK(panel.hear_text(client).contains(R"("is_pinned":false)"));
    }
    const auto both_hear = [&](const char* text) {
        for (int topics = 0; topics < 2; ++topics) CHECK(panel.hear_text(client).contains(text));
    };
    const auto pin = filled_in(panel, "/projects/{p}/pin");
    CHECK(panel.call(Who::owner, "PUT", pin, filled_in(panel, R"({"deployment_id":{d}})")).status == 200);
    both_hear(R"("is_pinned":true)");
    CHECK(panel.call(Who::owner, "DELETE", pin).status < 300);
    both_hear(R"("is_pinned":false)");
    const auto pin_elsewhere = [&](std::optional<std::int64_t> id) {
        panel.temp.write([&](soci::session& session) {
            database::set_pinned_deployment(session, panel.project_id, id, panel.temp.clock.now());
        });
        panel.events.publish({deployment::DeploymentEvents::Event::Kind::resync, 0, 0});
    };
    pin_elsewhere(panel.deployment_id);
    both_hear(R"("is_pinned":true)");
    pin_elsewhere(std::nullopt);
    both_hear(R"("is_pinned":false)");
}

TEST_CASE("what another process wrote reaches every topic, once, when this one is told that it wrote") {
    SocketPanel panel;
    SocketClient client(panel.loop);
    REQUIRE(panel.connect(client, panel.bearer(Who::owner)) == 101);
    for (const auto* topic : {"deployment:{d}", "projects"}) {
        panel.say(client, std::string(R"({"op":"subscribe","topic":")") + topic + R"("})");
        CHECK(panel.hear_text(client).contains("\"status\":\"pending\""));
    }
    panel.say(client, subscribe_log(0));
    panel.temp.write([&](soci::session& session) {
        database::append_log(session, panel.deployment_id, 0, "far\n");
        database::set_deployment_status(session, panel.deployment_id, DeploymentStatus::building,
                                        panel.temp.clock.now());
    });
    const deployment::DeploymentEvents::Event resync{deployment::DeploymentEvents::Event::Kind::resync, 0, 0};
    panel.events.publish(resync);
    int states = 0;
    int logs = 0;
    while (states < 2 || logs < 1) {
        const auto text = panel.hear_text(client);
        if (text.contains("\"status\":\"building\"")) ++states;
        if (text.contains("\"data\":\"far\\n\"")) ++logs;
    }
    panel.events.publish(resync); // about something else
    panel.say(client, R"({"op":"ping"})");
    CHECK(panel.hear_text(client) == R"({"op":"pong"})");
    CHECK(states == 2);
    CHECK(logs == 1);
}
