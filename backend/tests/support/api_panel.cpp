#include "support/api_panel.hpp"

#include "crypto/password_hash.hpp"
#include "database/log_repo.hpp"
#include "database/release_repo.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>

namespace panel::test {

namespace {

constexpr const char* password = "correct horse battery";
constexpr int password_cost = 4; // the lowest: tests sign in often

deployment::Settings test_settings() {
    deployment::Settings settings;
    settings.installation = "test";
    settings.app_domain = "localhost";
    settings.app_port = 8088;
    settings.worker_name = "worker";
    return settings;
}

api::ApiSettings api_settings() {
    api::ApiSettings settings;
    settings.public_url = "http://localhost:8088";
    settings.version = "9.9.9";
    settings.app_limits.memory_mb = 512;
    settings.build_limits.processes = 4096;
    settings.build_slots = 2;
    return settings;
}

std::filesystem::path made(const std::filesystem::path& directory) {
    std::filesystem::create_directories(directory);
    return directory;
}

server::DiskSettings disk_settings(const std::filesystem::path& data) {
    server::DiskSettings settings;
    settings.data_directory = data;
    settings.static_directory = data / "sites";
    settings.log_directory = data / "log";
    settings.installation = "test";
    settings.reserve_bytes = 0;
    return settings;
}

asio::awaitable<Result<server::Cleaned>> clean_disk(server::DiskGovernor& governor, bool dry_run) {
    co_return co_await governor.clean(dry_run);
}

} // namespace

ApiPanel::ApiPanel()
    : settings(test_settings()),
      secrets({Secret(std::string(32, 's'))}),
      markers(made(temp.directory.path() / "slots"), made(temp.directory.path() / "sites")),
      proxy(markers),
      environment(*temp.database, temp.clock, secrets),
      ports{*temp.database, temp.clock,  docker, git,       proxy,
            markers,        environment, events, temp.pool, settings},
      bell(loop.get_executor()),
      runner(loop.get_executor(), ports),
      deployments(*temp.database, temp.clock, events, bell, runner),
      live(ports),
      cleaner(ports, runner),
      auth(*temp.database, temp.clock, temp.pool, Secret(std::string(32, 'k')),
           {temp.directory.path(), "http://localhost:8088", password_cost, 2}),
      projects(*temp.database, temp.clock, secrets, proxy, git, temp.pool, settings, {"localhost"},
               [this](Project project) { return cleaner.remove(std::move(project)); }),
      webhooks(*temp.database, temp.clock, secrets, deployments, "http://localhost:8088"),
      data_version(*temp.database),
      urls(*temp.database, settings),
      readiness(*temp.database, &docker, &proxy),
      counts(*temp.database),
      status(temp.clock, temp.directory.path()),
      disk(disk_settings(temp.directory.path())),
      governor(loop.get_executor(), *temp.database, temp.clock, docker, temp.pool, events, disk),
      report(*temp.database, temp.clock, disk),
      services{temp.clock,  auth,      projects,
               environment, webhooks,  deployments,
               events,      live,      data_version,
               urls,        readiness, counts,
               status,      report,    [this](bool dry_run) { return clean_disk(governor, dry_run); }},
      api(services, api_settings()) {
    spdlog::set_level(spdlog::level::warn);
    git.push(repository_url, "main",
             {{"package.json", R"({"name":"atlas-web","scripts":{"start":"node index.js"}})"},
              {"package-lock.json", R"({"name":"atlas-web","lockfileVersion":3,"packages":{}})"},
              {"index.js", "require('http').createServer((q, s) => s.end('hi')).listen(3000)\n"},
              {".env.example", "API_URL=\n"}});
    admin = add_person("root@example.com", Role::admin);
    owner = add_person("owner@example.com", Role::user);
    other = add_person("other@example.com", Role::user);
    auth.prepare(); // there is an administrator: no setup link
    project::NewProject input;
    input.name = "atlas-web";
    input.git_url = repository_url;
    const auto made_project = run(projects.create(Principal{owner.id, Role::user, {}}, std::move(input)));
    project_id = made_project.value().project.id;
    const auto made_deployment =
        run(deployments.trigger(Principal{owner.id, Role::user, {}}, project_id, {}));
    deployment_id = made_deployment.value().row.deployment.id;
}

ApiPanel::~ApiPanel() { stop_listening(); }

Person ApiPanel::add_person(const std::string& email, Role role) {
    const crypto::PasswordHasher hasher(password_cost);
    const auto id = temp.add_user(email, role, hasher.hash(password).value());
    const auto tokens = run(auth.login(email, Secret(password), {"198.51.100.7", "test"}));
    return {id, tokens.value().access_token.reveal()};
}

const Person& ApiPanel::person(Who who) const {
    static const Person nobody;
    switch (who) {
    case Who::anonymous: return nobody;
    case Who::owner: return owner;
    case Who::other: return other;
    case Who::admin: return admin;
    }
    return nobody;
}

net::Request ApiPanel::request(Who who, const std::string& method, const std::string& target,
                               const std::string& body) const {
    net::Request out;
    out.method = method;
    const auto mark = target.find('?');
    out.path = target.substr(0, mark);
    if (mark != std::string::npos) out.query = target.substr(mark + 1);
    out.headers.add("Host", "localhost:8088");
    out.headers.add("X-Request-Id", "test-request-1"); // so that whole answers can be compared
    if (who != Who::anonymous) out.headers.add("Authorization", "Bearer " + person(who).token);
    if (!body.empty()) out.headers.add("Content-Type", "application/json");
    out.body = body;
    out.peer_address = "127.0.0.1";
    return out;
}

net::Response ApiPanel::call(Who who, const std::string& method, const std::string& target,
                             const std::string& body) {
    return send(request(who, method, "/api/v1" + target, body));
}

void ApiPanel::append_log(std::int64_t id, const std::string& text) {
    temp.write([&](soci::session& session) {
        database::append_log(session, id, database::log_length(session, id), text);
    });
    events.publish({deployment::DeploymentEvents::Event::Kind::log_grew, id, project_id});
}

void ApiPanel::finish(std::int64_t id, DeploymentStatus end) {
    temp.write([&](soci::session& session) {
        if (end == DeploymentStatus::success) {
            database::set_deployment_status(session, id, DeploymentStatus::building, temp.clock.now());
            database::set_deployment_status(session, id, DeploymentStatus::deploying, temp.clock.now());
        }
        database::finish_deployment(session, id, end, std::nullopt, StepStatus::success, temp.clock.now());
    });
    events.publish({deployment::DeploymentEvents::Event::Kind::state_changed, id, project_id});
}

void ApiPanel::make_live(std::int64_t project, std::int64_t deployment) {
    temp.write([&](soci::session& session) {
        Release release;
        release.deployment_id = deployment;
        release.project_id = project;
        release.kind = "server";
        release.image_id = "sha256:1";
        release.plan_json = "{}";
        release.slot = "blue";
        release.health_path = "/";
        release.container_port = 3000;
        release.created_at = temp.clock.now();
        database::put_release(session, release);
        database::set_live_deployment(session, project, {deployment}, temp.clock.now());
    });
    docker.add_running("vps-panel-p" + std::to_string(project) + "-blue");
    events.publish({deployment::DeploymentEvents::Event::Kind::state_changed, deployment, project});
}

std::uint16_t ApiPanel::listen() {
    server_ = std::make_unique<net::HttpServer>(loop.get_executor(), net::HttpServerLimits{}, api.handler());
    server_->listen("127.0.0.1", 0).value();
    return server_->port();
}

void ApiPanel::stop_listening() {
    if (!server_) return;
    run(server_->stop(std::chrono::seconds{5}));
    server_.reset();
}

} // namespace panel::test
