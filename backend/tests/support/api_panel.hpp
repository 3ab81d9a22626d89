#pragma once
// The whole panel behind its API, for scenario tests: the real router, services and SQLite, the fakes of the
// ports, a clock that stands still. Three people are there: an administrator, and two users of whom one owns
// a project with a deployment. Requests go straight to the API; listen() serves the same API over loopback
// for tests of WebSockets.

#include "api/api.hpp"
#include "crypto/secret_box.hpp"
#include "net/http_server.hpp"
#include "services/auth/auth_service.hpp"
#include "services/deployment/deployment_events.hpp"
#include "services/deployment/deployment_service.hpp"
#include "services/deployment/job_bell.hpp"
#include "services/deployment/live_release.hpp"
#include "services/deployment/project_cleaner.hpp"
#include "services/deployment/runner.hpp"
#include "services/environment/environment_service.hpp"
#include "services/project/project_service.hpp"
#include "services/server/data_version.hpp"
#include "services/server/disk_governor.hpp"
#include "services/server/disk_report.hpp"
#include "services/server/project_urls.hpp"
#include "services/server/readiness.hpp"
#include "services/server/record_counts.hpp"
#include "services/server/server_status.hpp"
#include "services/webhook/webhook_service.hpp"
#include "support/fakes/fake_docker.hpp"
#include "support/fakes/fake_git.hpp"
#include "support/fakes/fake_proxy.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace panel::test {

inline constexpr const char* repository_url = "https://git.example.com/acme/atlas-web.git";

enum class Who { anonymous, owner, other, admin };

struct Person {
    std::int64_t id = 0;
    std::string token; // access token
};

class ApiPanel {
  public:
    ApiPanel();
    ~ApiPanel();
    ApiPanel(const ApiPanel&) = delete;
    ApiPanel& operator=(const ApiPanel&) = delete;

    template <class T> T run(boost::asio::awaitable<T> task) { return test::run(loop, std::move(task)); }
    net::Response send(net::Request request) { return run(api.handle(std::move(request))); }
    // A request as one of the people; `target` may have a query. A body is sent as JSON.
    net::Response call(Who who, const std::string& method, const std::string& target,
                       const std::string& body = "");
    [[nodiscard]] net::Request request(Who who, const std::string& method, const std::string& target,
                                       const std::string& body = "") const;
    [[nodiscard]] const Person& person(Who who) const;

    // Appends to a deployment's build log and tells listeners, as the pipeline does.
    void append_log(std::int64_t deployment_id, const std::string& text);
    // Ends a deployment, and tells.
    void finish(std::int64_t deployment_id, DeploymentStatus status = DeploymentStatus::success);
    // The project's live release is this deployment, in a container of the blue slot.
    void make_live(std::int64_t project_id, std::int64_t deployment_id);
    std::uint16_t listen(); // on a free loopback port
    void stop_listening();

    boost::asio::io_context loop{1};
    TempDatabase temp;
    deployment::Settings settings;
    crypto::SecretBox secrets;
    caddy::SlotMarkers markers;
    FakeDocker docker;
    FakeGit git;
    FakeProxy proxy;
    environment::EnvironmentService environment;
    deployment::DeploymentEvents events;
    deployment::Ports ports;
    deployment::JobBell bell;
    deployment::Runner runner;
    deployment::DeploymentService deployments;
    deployment::LiveRelease live;
    deployment::ProjectCleaner cleaner;
    auth::AuthService auth;
    project::ProjectService projects;
    webhook::WebhookService webhooks;
    server::DataVersion data_version;
    server::ProjectUrls urls;
    server::Readiness readiness;
    server::RecordCounts counts;
    server::ServerStatusReader status;
    server::DiskSettings disk;
    server::DiskGovernor governor;
    server::DiskReport report;
    api::Services services;
    api::Api api;

    Person admin;
    Person owner;
    Person other;
    std::int64_t project_id = 0;    // of owner
    std::int64_t deployment_id = 0; // of that project, pending

  private:
    Person add_person(const std::string& email, Role role);

    std::unique_ptr<net::HttpServer> server_;
};

} // namespace panel::test
