#include "services/webhook/webhook_service.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hmac.hpp"
#include "services/deployment/deployment_events.hpp"
#include "services/deployment/deployment_service.hpp"
#include "services/deployment/job_bell.hpp"
#include "services/deployment/runner.hpp"
#include "services/environment/environment_service.hpp"
#include "services/webhook/push.hpp"
#include "support/fakes/fake_docker.hpp"
#include "support/fakes/fake_git.hpp"
#include "support/fakes/fake_proxy.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

using namespace panel;
using namespace panel::webhook;
namespace asio = boost::asio;

namespace {

const std::string secret(64, 'a');
const std::string hash(40, 'b');
const std::string zeros(40, '0');

struct Setting {
    asio::io_context loop{1};
    test::TempDatabase temp;
    crypto::SecretBox box{{Secret(std::string(32, 'k'))}};
    caddy::SlotMarkers markers{temp.directory.path(), temp.directory.path()};
    test::FakeDocker docker;
    test::FakeGit git;
    test::FakeProxy proxy{markers};
    environment::EnvironmentService environment{*temp.database, temp.clock, box};
    deployment::DeploymentEvents events;
    deployment::Ports ports{*temp.database, temp.clock,  docker, git,       proxy,
                            markers,        environment, events, temp.pool, {}};
    deployment::JobBell bell{loop.get_executor()};
    deployment::Runner runner{loop.get_executor(), ports};
    deployment::DeploymentService deployments{*temp.database, temp.clock, events, bell, runner};
    WebhookService service{*temp.database, temp.clock, box, deployments, "https://panel.example.com"};
    std::int64_t user = temp.add_user("a@example.com", Role::user);
    std::int64_t project = temp.add_project(user, "one");

    Setting() {
        temp.write([&](soci::session& session) {
            database::set_webhook_secret(session, project,
                                         box.seal(secret, {"projects", project, "webhook_secret", project}));
        });
    }
    Result<Outcome> receive(Provider provider, const Delivery& delivery) {
        return test::run(loop, service.receive(provider, project, delivery));
    }
    std::size_t deployments_made() {
        return temp.read([&](soci::session& session) {
            return database::list_deployments(session, project, 0, 100).size();
        });
    }
};

Delivery github(const std::string& body, const std::string& id = "guid-1",
                const std::string& event = "push") {
    return {{{"x-hub-signature-256", "sha256=" + crypto::hex_encode(crypto::hmac_sha256(secret, body))},
             {"x-github-event", event},
             {"x-github-delivery", id},
             {"content-type", "application/json"}},
            body};
}

std::string push_body(const std::string& branch = "main", const std::string& after = hash,
                      const std::string& message = "fix") {
    return R"({"ref":"refs/heads/)" + branch + R"(","after":")" + after + R"(","head_commit":{"message":")" +
           message + R"("},"repository":{"clone_url":"https://evil.example/x.git"}})";
}

} // namespace

TEST_CASE("a signed push to the project's branch queues a deployment of the stored address") {
    Setting setting;
    const auto outcome = setting.receive(Provider::github, github(push_body()));
    REQUIRE(outcome);
    REQUIRE(outcome->deployment_id);
    CHECK(outcome->ignored.empty());
    const auto deployment = setting.temp.read([&](soci::session& session) {
        return database::find_deployment(session, Principal::system(), *outcome->deployment_id);
    });
    CHECK(deployment->triggered_by == Trigger::webhook);
    CHECK(deployment->branch == "main");
    CHECK(deployment->commit_hash.empty()); // the newest of the branch, whatever the delivery says
    CHECK(deployment->status == DeploymentStatus::pending);
}

TEST_CASE("each provider's push is understood at its endpoint") {
    Setting setting;
    const auto body = push_body();
    const auto hex = crypto::hex_encode(crypto::hmac_sha256(secret, body));
    const Delivery gitea{{{"x-gitea-signature", hex},
                          {"x-gitea-event", "push"},
                          {"x-gitea-delivery", "g"},
                          {"x-github-event", "push"},
                          {"content-type", "application/json"}},
                         body};
    CHECK(setting.receive(Provider::gitea, gitea)->deployment_id);
    const Delivery gitlab{{{"x-gitlab-token", secret},
                           {"x-gitlab-event", "Push Hook"},
                           {"x-gitlab-event-uuid", "l"},
                           {"content-type", "application/json"}},
                          R"({"object_kind":"push","ref":"refs/heads/main","after":")" + hash +
                              R"(","commits":[{"message":"a"}]})"};
    CHECK(setting.receive(Provider::gitlab, gitlab)->deployment_id);
    const std::string changes = R"({"push":{"changes":[{"old":null,"new":{"type":"tag","name":"v1"}},)"
                                R"({"new":{"type":"branch","name":"main","target":{"hash":")" +
                                hash + R"(","message":"x"}}}]}})";
    const Delivery bitbucket{
        {{"x-hub-signature", "sha256=" + crypto::hex_encode(crypto::hmac_sha256(secret, changes))},
         {"x-event-key", "repo:push"},
         {"x-request-uuid", "b"},
         {"content-type", "application/json; charset=utf-8"}},
        changes};
    CHECK(setting.receive(Provider::bitbucket, bitbucket)->deployment_id);
    CHECK(setting.deployments_made() == 3);
}

TEST_CASE("a push to a pinned project is ignored and may be sent again once the pin is released") {
    Setting setting;
    const auto pin = [&](std::optional<std::int64_t> id) {
        setting.temp.write([&](soci::session& session) {
            database::set_pinned_deployment(session, setting.project, id, setting.temp.clock.now());
        });
    };
    pin(7);
    const auto ignored = setting.receive(Provider::github, github(push_body()));
    REQUIRE(ignored);
    CHECK_FALSE(ignored->deployment_id);
    CHECK(ignored->ignored == "pinned");
    CHECK(setting.deployments_made() == 0);
    pin(std::nullopt);
    CHECK(setting.receive(Provider::github, github(push_body()))->deployment_id);
}

TEST_CASE("a missing or wrong signature and an unknown project answer the same") {
    Setting setting;
    auto wrong = github(push_body());
    wrong.body += " ";
    const auto first = setting.receive(Provider::github, wrong);
    const auto second = setting.receive(Provider::github, {{{"x-github-event", "push"}}, push_body()});
    const auto third =
        test::run(setting.loop, setting.service.receive(Provider::github, 999, github(push_body())));
    const auto fourth = setting.receive(Provider::gitea, github(push_body()));
    for (const auto* answer : {&first, &second, &third, &fourth}) {
        REQUIRE_FALSE(*answer);
        CHECK(answer->error().code == Code::unauthorized);
        CHECK(answer->error().message == first.error().message);
    }
    CHECK(setting.deployments_made() == 0);
}

TEST_CASE("a delivery that comes again is ignored, also after the first ended") {
    Setting setting;
    CHECK(setting.receive(Provider::github, github(push_body()))->deployment_id);
    for (int i = 0; i < 3; ++i)
        CHECK(setting.receive(Provider::github, github(push_body()))->ignored == "duplicate");
    CHECK(setting.deployments_made() == 1);
    CHECK(setting.receive(Provider::github, github(push_body(), "guid-2"))->deployment_id);
    CHECK(setting.deployments_made() == 2);
}

TEST_CASE("the same delivery many times at once is one deployment") {
    Setting setting;
    int accepted = 0;
    int ended = 0;
    struct Counter {
        static asio::awaitable<void> receive(Setting& setting, int& accepted, int& ended) {
            const auto outcome =
                co_await setting.service.receive(Provider::github, setting.project, github(push_body()));
            if (outcome && outcome->deployment_id) ++accepted;
            ++ended;
        }
    };
    for (int i = 0; i < 50; ++i)
        asio::co_spawn(setting.loop, Counter::receive(setting, accepted, ended), asio::detached);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (ended < 50 && setting.loop.run_one_until(end) > 0) {
    }
    CHECK(ended == 50);
    CHECK(accepted == 1);
    CHECK(setting.deployments_made() == 1);
}

TEST_CASE("a delivery without an id is known by its body") {
    Setting setting;
    CHECK(setting.receive(Provider::github, github(push_body(), ""))->deployment_id);
    CHECK(setting.receive(Provider::github, github(push_body(), ""))->ignored == "duplicate");
    CHECK(
        setting
            .receive(Provider::github, github(push_body("main", std::string(40, 'c')), std::string(300, 'x')))
            ->deployment_id);
}

TEST_CASE("what is no push to the project's branch is ignored with a reason") {
    Setting setting;
    const auto reason = [&](const Delivery& delivery) {
        const auto outcome = setting.receive(Provider::github, delivery);
        REQUIRE(outcome);
        CHECK_FALSE(outcome->deployment_id);
        return outcome->ignored;
    };
    CHECK(reason(github("{}", "1", "ping")) == "This is a test delivery: the webhook works.");
    CHECK(reason(github("{}", "1", "pull_request")) == "Only pushes are deployed.");
    CHECK(reason(github(push_body("next"))) == "The push was to next; this project deploys main.");
    CHECK(reason(github(push_body("main/x"))) == "The push was to main/x; this project deploys main.");
    CHECK(reason(github(push_body("main", zeros))) == "The branch was deleted.");
    CHECK(reason(github(push_body("main", "not a hash"))) == "The branch was deleted.");
    CHECK(reason(github(R"({"ref":"refs/tags/v1","after":")" + hash + "\"}")) ==
          "A tag was pushed, not a branch.");
    for (const auto* mark : {"[skip ci]", "chore [CI SKIP] x", "[no ci]", "[skip deploy]"}) {
        CHECK(reason(github(push_body("main", hash, mark))) == "The commit asks not to be deployed.");
    }
    setting.temp.write([](soci::session& session) { session << "UPDATE projects SET auto_deploy = 0"; });
    CHECK(reason(github(push_body())) == "This project does not deploy pushes by itself.");
    CHECK(setting.deployments_made() == 0);
}

TEST_CASE(
    "Bitbucket's removed branch is a deletion, and several changes are searched for the project's branch") {
    const auto read = [](const std::string& body) {
        return *read_event(Provider::bitbucket,
                           {{{"x-event-key", "repo:push"}, {"content-type", "application/json"}}, body});
    };
    const auto removed =
        read(R"({"push":{"changes":[{"old":{"type":"branch","name":"main"},"new":null,"closed":true}]}})");
    REQUIRE(removed.pushes.size() == 1);
    CHECK(removed.pushes[0].branch == "main");
    CHECK(removed.pushes[0].commit_hash.empty());
    CHECK(read(R"({"push":{"changes":[]}})").ignored == "No branch was pushed.");
}

TEST_CASE("GitLab's ci.skip push option is honoured") {
    const auto event =
        read_event(Provider::gitlab, {{{"x-gitlab-event", "Push Hook"}, {"content-type", "application/json"}},
                                      R"({"ref":"refs/heads/main","after":")" + hash +
                                          R"(","push_options":{"ci":{"skip":true}}})"});
    CHECK(event->pushes.at(0).asks_to_skip);
}

TEST_CASE("a signed body that cannot be read is refused after the signature") {
    Setting setting;
    const auto code = [&](const Delivery& delivery) {
        const auto outcome = setting.receive(Provider::github, delivery);
        REQUIRE_FALSE(outcome);
        return outcome.error().code;
    };
    for (const std::string body :
         {"", "{", "[]", "null", "{\"ref\":1}", "{\"x\":1}", "\xff", "{\"ref\":\"refs/heads/main\"}x"}) {
        CAPTURE(body);
        CHECK(code(github(body)) == Code::bad_request);
    }
    std::string deep;
    for (int i = 0; i < 10'000; ++i) deep += '[';
    CHECK(code(github(deep)) == Code::bad_request);
    auto form = github("payload=%7B%7D");
    form.headers["content-type"] = "application/x-www-form-urlencoded";
    CHECK(code(form) == Code::unsupported_media_type);
    CHECK(setting.deployments_made() == 0);
}

TEST_CASE("a project's owner sees its addresses and secret, nobody else does") {
    Setting setting;
    const auto connection =
        test::run(setting.loop, setting.service.connection({setting.user, Role::user, ""}, setting.project));
    REQUIRE(connection);
    CHECK(connection->secret.reveal() == secret);
    CHECK(connection->urls.at("gitlab") ==
          "https://panel.example.com/api/v1/webhooks/gitlab/" + std::to_string(setting.project));
    CHECK(connection->urls.size() == 4);
    const auto foreign = test::run(
        setting.loop, setting.service.connection({setting.user + 1, Role::user, ""}, setting.project));
    REQUIRE_FALSE(foreign);
    CHECK(foreign.error().code == Code::not_found);
}
