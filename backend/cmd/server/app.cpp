#include "app.hpp"

#include "api/api.hpp"
#include "base/task_group.hpp"
#include "crypto/key_files.hpp"
#include "crypto/secret_box.hpp"
#include "database/change_feed.hpp"
#include "database/database.hpp"
#include "net/http_server.hpp"
#include "service_settings.hpp"
#include "services/auth/auth_service.hpp"
#include "services/auth/key_check.hpp"
#include "services/caddy/caddy_service.hpp"
#include "services/caddy/slot_markers.hpp"
#include "services/deployment/build_room.hpp"
#include "services/deployment/deployment_events.hpp"
#include "services/deployment/deployment_service.hpp"
#include "services/deployment/job_bell.hpp"
#include "services/deployment/live_release.hpp"
#include "services/deployment/project_cleaner.hpp"
#include "services/deployment/reconcile.hpp"
#include "services/deployment/release_watch.hpp"
#include "services/deployment/ringer.hpp"
#include "services/deployment/runner.hpp"
#include "services/deployment/worker.hpp"
#include "services/deployment/worker_calls.hpp"
#include "services/deployment/worker_desk.hpp"
#include "services/docker/build_limiter.hpp"
#include "services/docker/engine_client.hpp"
#include "services/environment/environment_service.hpp"
#include "services/git/git_cli.hpp"
#include "services/jobs/embedded_queue.hpp"
#include "services/project/project_service.hpp"
#include "services/queue/redis_queue.hpp"
#include "services/server/data_version.hpp"
#include "services/server/disk_calls.hpp"
#include "services/server/disk_governor.hpp"
#include "services/server/disk_report.hpp"
#include "services/server/instance_lock.hpp"
#include "services/server/project_urls.hpp"
#include "services/server/readiness.hpp"
#include "services/server/record_counts.hpp"
#include "services/server/server_status.hpp"
#include "services/webhook/webhook_service.hpp"
#include "spare_memory.hpp"

#include <boost/asio/thread_pool.hpp>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <stdexcept>

namespace panel {

namespace {

constexpr std::size_t pool_threads = 4;
constexpr std::size_t database_readers = 3;
constexpr std::chrono::seconds stop_patience{10};

// Every directory is there and the data directory is nobody else's to read.
config::Config with_directories(config::Config config) {
    namespace fs = std::filesystem;
    fs::create_directories(config.data_directory);
    fs::permissions(config.data_directory, fs::perms::owner_all);
    for (const auto& directory :
         {config.site_files_directory, config.slots_directory, config.static_directory, config.log_directory,
          config.data_directory / "repositories", config.data_directory / "run"})
        fs::create_directories(directory);
    return config;
}

std::optional<std::int64_t> free_memory() {
    const auto memory = server::read_memory();
    return memory ? std::optional(memory->available_bytes) : std::nullopt;
}

std::unique_ptr<queue::JobQueue> make_queue(boost::asio::any_io_executor executor,
                                            database::Database& database, const Clock& clock,
                                            const config::Config& config,
                                            const deployment::Settings& deployments) {
    if (!config.redis_url.empty()) {
        queue::asynq::Settings settings;
        settings.concurrency = static_cast<std::size_t>(deployments.concurrent_deployments);
        return std::make_unique<queue::RedisQueue>(executor, redis_target(config), clock,
                                                   std::move(settings));
    }
    jobs::EmbeddedSettings settings;
    settings.owner = deployments.worker_name;
    settings.concurrency = deployments.concurrent_deployments;
    settings.retry_delay = queue::asynq::default_retry_delay;
    return std::make_unique<jobs::EmbeddedQueue>(executor, database, clock, std::move(settings));
}

} // namespace

struct App::Parts {
    Parts(boost::asio::io_context& loop, config::Config given)
        : executor(loop.get_executor()),
          config(with_directories(std::move(given))),
          start_lock(config.data_directory / "run"),
          pool(pool_threads),
          keys(crypto::KeyFiles::open(config.data_directory / "keys")),
          secrets(keys.secrets),
          database(database::Database::open(config.database_url, pool, database_readers)),
          lock(config.data_directory / "run", config.role == config::ServeRole::web ? "web" : "worker"),
          settings(deployment_settings(config, lock)),
          docker(config.docker_socket.string(), pool),
          git(config.data_directory / "repositories", git_policy(config)),
          proxy(executor, caddy_settings(config, keys)),
          markers(config.slots_directory, config.static_directory),
          environment(*database, clock, secrets),
          limiter(docker, pool, build_limits(config), config.engine_cgroup),
          room(executor, limiter, room_settings(config), free_memory,
               [this] { return governor.least_space().free_bytes; }),
          ports{*database, clock, docker, git, proxy, markers, environment, events, pool, settings, &room},
          bell(executor),
          queue(make_queue(executor, *database, clock, config, settings)),
          runner(executor, ports),
          worker(executor, ports, runner, bell, *queue),
          ringer(executor, *database, clock, bell, *queue, without_queue()),
          deployments(*database, clock, events, bell, runner),
          watch(executor, ports, deployments),
          calls(config.data_directory / "run"),
          live(ports, has_docker() ? nullptr : &calls),
          cleaner(ports, runner),
          desk(executor, ports, live, cleaner),
          reconcile(executor, ports, bell),
          auth(*database, clock, pool, keys.tokens,
               {config.data_directory, config.public_url, config.password_cost}),
          projects(*database, clock, secrets, proxy, git, pool, settings, project_settings(config),
                   [this](Project project) { return take_off(std::move(project)); }),
          webhooks(*database, clock, secrets, deployments, config.public_url),
          data_version(*database),
          urls(*database, settings),
          readiness(*database, has_docker() ? &docker : nullptr, &proxy, has_docker() ? nullptr : &calls),
          counts(*database),
          disk(disk_settings(config)),
          governor(executor, *database, clock, docker, pool, events, disk),
          report(*database, clock, disk),
          status(clock, config.data_directory, [this] { return warnings(); }),
          services{clock,       auth,      projects,
                   environment, webhooks,  deployments,
                   events,      live,      data_version,
                   urls,        readiness, counts,
                   status,      report,    [this](bool dry_run) { return clean_disk(dry_run); }},
          api(services, api_settings(config)),
          server(executor, {}, api.handler()),
          feed(executor, *database, [this] { notice_others(); }),
          tasks(executor) {
        ports.make_space = [this] { return governor.make_space(); };
        desk.add(server::clean_disk_call,
                 [this](boost::json::object request) { return answer_clean(std::move(request)); });
    }

    // By the process that has Docker.
    boost::asio::awaitable<Result<server::Cleaned>> clean_disk(bool dry_run) {
        if (has_docker()) co_return co_await governor.clean(dry_run);
        auto request = server::clean_disk_request(dry_run);
        const auto answer = co_await calls.ask(std::move(request));
        if (!answer) co_return std::unexpected(answer.error());
        co_return server::cleaned_of(*answer);
    }
    boost::asio::awaitable<Result<boost::json::object>> answer_clean(boost::json::object request) {
        const auto cleaned = co_await governor.clean(server::is_dry_run(request));
        co_return server::to_object(cleaned);
    }

    bool has_docker() const { return config.role != config::ServeRole::web; }
    bool has_port() const { return config.role != config::ServeRole::worker; }

    std::function<void(std::int64_t)> without_queue() {
        if (!has_docker()) return {};
        return [this](std::int64_t project) { worker.work_without_queue(project); };
    }

    boost::asio::awaitable<Result<void>> take_off(Project project) {
        if (!has_docker()) return calls.remove_project(project.id);
        return cleaner.remove(std::move(project));
    }

    // Another process has written: what is kept of the record is read again, and there may be work.
    void notice_others() {
        events.publish({deployment::DeploymentEvents::Event::Kind::resync, 0, 0});
        bell.ring();
        if (auto* embedded = dynamic_cast<jobs::EmbeddedQueue*>(queue.get())) embedded->ring();
        if (runner.running() > 0) tasks.spawn("cancelled elsewhere", runner.find_cancelled());
    }

    std::vector<std::string> warnings() const {
        return limiter.problem().empty() ? std::vector<std::string>{} : std::vector{limiter.problem()};
    }

    ~Parts() {
        pool.stop();
        pool.join();
    }

    boost::asio::any_io_executor executor;
    config::Config config;
    server::StartLock start_lock; // keys, schema and the setup link are made by one process at a time
    SystemClock clock;
    boost::asio::thread_pool pool;
    crypto::KeyFiles keys;
    crypto::SecretBox secrets;
    std::unique_ptr<database::Database> database;
    server::InstanceLock lock;
    deployment::Settings settings;

    docker::EngineClient docker;
    git::GitCli git;
    caddy::CaddyService proxy;
    caddy::SlotMarkers markers;
    environment::EnvironmentService environment;

    deployment::DeploymentEvents events;
    docker::BuildLimiter limiter;
    deployment::BuildRoom room;
    deployment::Ports ports;
    deployment::JobBell bell;
    std::unique_ptr<queue::JobQueue> queue;
    deployment::Runner runner;
    deployment::Worker worker;
    deployment::Ringer ringer;
    deployment::DeploymentService deployments;
    deployment::ReleaseWatch watch;
    deployment::WorkerCalls calls;
    deployment::LiveRelease live;
    deployment::ProjectCleaner cleaner;
    deployment::WorkerDesk desk;
    deployment::Reconcile reconcile;

    auth::AuthService auth;
    project::ProjectService projects;
    webhook::WebhookService webhooks;
    server::DataVersion data_version;
    server::ProjectUrls urls;
    server::Readiness readiness;
    server::RecordCounts counts;
    server::DiskSettings disk;
    server::DiskGovernor governor;
    server::DiskReport report;
    server::ServerStatusReader status;
    api::Services services;
    api::Api api;
    net::HttpServer server;
    database::ChangeFeed feed;
    std::string setup_link;
    TaskGroup tasks;
};

App::App(boost::asio::io_context& loop, config::Config config)
    : parts_(std::make_unique<Parts>(loop, std::move(config))) {}
App::~App() = default;

Result<void> App::start() {
    auto& parts = *parts_;
    auth::check_keys(*parts.database, parts.secrets);
    if (parts.has_port()) {
        parts.setup_link = parts.auth.prepare();
        if (auto listening = parts.server.listen(parts.config.listen.host, parts.config.listen.port);
            !listening)
            return listening;
    }
    // Alone, nobody else writes.
    if (parts.config.role != config::ServeRole::all) parts.feed.start();
    parts.ringer.start();
    parts.tasks.spawn("memory", keep_giving_back_memory(parts.pool));
    if (parts.has_docker()) {
        const auto socket =
            parts.config.data_directory / "run" / fmt::format("worker-{}.sock", parts.lock.number());
        if (auto listening = parts.desk.listen(socket); !listening) return listening;
        parts.tasks.spawn("build limits", parts.limiter.apply());
        parts.governor.start();
        parts.watch.start();
        parts.reconcile.start();
        parts.worker.start();
    }
    parts.start_lock.release();
    return {};
}

std::string App::setup_link() const { return parts_->setup_link; }

boost::asio::awaitable<void> App::stop() {
    auto& parts = *parts_;
    co_await parts.server.stop(stop_patience);
    co_await parts.feed.stop(stop_patience);
    co_await parts.reconcile.stop(stop_patience);
    co_await parts.watch.stop(stop_patience);
    co_await parts.ringer.stop(stop_patience);
    co_await parts.desk.stop(stop_patience);
    co_await parts.worker.stop(stop_patience);
    co_await parts.governor.stop(stop_patience);
    co_await parts.proxy.stop();
    co_await parts.tasks.stop(stop_patience);
}

} // namespace panel
