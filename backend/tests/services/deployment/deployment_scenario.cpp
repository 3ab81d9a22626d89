#include "deployment_scenario.hpp"

#include "database/claim_repo.hpp"
#include "database/log_repo.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "services/deployment/log_text.hpp"
#include "services/deployment/site_of.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <sstream>
#include <unistd.h>

namespace panel::test {

namespace asio = boost::asio;

namespace {

constexpr const char* url = "https://git.example.com/acme/web.git";

asio::awaitable<net::Response> answer_with(std::shared_ptr<int> status) {
    net::Response response;
    response.status = *status;
    response.body = "hi";
    co_return response;
}

} // namespace

asio::awaitable<void> Gate::pass() {
    reached_ = true;
    if (open_) co_return;
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!open_) throw boost::system::system_error(asio::error::operation_aborted);
}

void Gate::open() {
    open_ = true;
    timer_.cancel();
}

DeploymentScenario::DeploymentScenario() {
    spdlog::set_level(spdlog::level::off); // failures are what many of these tests are about
    ports.settings.drain_quiet = std::chrono::milliseconds{20};
    ports.settings.route_timeout = std::chrono::milliseconds{200};
    ports.settings.health_timeout = std::chrono::seconds{2};
    const auto user = temp.add_user("ada@example.com");
    owner = Principal{user, Role::user, {}};
    listen_on_free_pair();
    Project project;
    project.user_id = user;
    project.name = "web";
    project.git_url = url;
    project.created_at = project.updated_at = temp.clock.now();
    const auto first_port = apps_[0]->port();
    project_id = temp.write([&](soci::session& session) {
                         return database::insert_project(session, project, "-", first_port);
                     })
                     .value();
    const auto on_call = [this](const std::string& call) {
        if (calls.empty() || calls.back() != call) calls.push_back(call);
        if (script) script(call);
    };
    docker.on_call = on_call;
    git.on_call = on_call;
    proxy.on_call = on_call;
    events.subscribe([this](const deployment::DeploymentEvents::Event& event) {
        if (event.kind == deployment::DeploymentEvents::Event::Kind::log_grew) {
            ++log_events;
            return;
        }
        const auto found = temp.read([&](soci::session& session) {
            return database::find_deployment(session, Principal::system(), event.deployment_id);
        });
        auto text = std::to_string(event.deployment_id) + " " +
                    std::string(found ? to_string(found->status) : "gone");
        if (told.empty() || told.back() != text) told.push_back(std::move(text));
    });
}

DeploymentScenario::~DeploymentScenario() {
    try {
        run(runner.stop(std::chrono::seconds{5}));
        be_silent(caddy::Slot::blue);
        be_silent(caddy::Slot::green);
    } catch (const std::exception& error) {
        MESSAGE(error.what());
    }
}

// Below the range that the system gives out by itself, beginning elsewhere in each process: test programs run
// side by side.
void DeploymentScenario::listen_on_free_pair() {
    auto candidate = static_cast<std::uint16_t>(12'000 + ::getpid() % 9'000 * 2);
    for (int attempt = 0; attempt < 500; ++attempt, candidate = static_cast<std::uint16_t>(candidate + 2)) {
        bool taken = false;
        for (std::size_t i = 0; i < apps_.size(); ++i) {
            net::HttpServer::Handler handler = [status = status_[i]](net::Request) {
                return answer_with(status);
            };
            apps_[i] = std::make_unique<net::HttpServer>(loop.get_executor(), net::HttpServerLimits{},
                                                         std::move(handler));
            taken = taken || !apps_[i]->listen("127.0.0.1", static_cast<std::uint16_t>(candidate + i));
        }
        if (!taken) return;
        be_silent(caddy::Slot::blue);
        be_silent(caddy::Slot::green);
    }
    FAIL("no free pair of ports");
}

void DeploymentScenario::be_silent(caddy::Slot slot) {
    auto& app = apps_.at(index(slot));
    if (!app) return;
    run(app->stop(std::chrono::seconds{5}));
    app.reset();
}

std::string DeploymentScenario::push_server(const std::string& subject) {
    return git.push(url, "main",
                    {{"package.json", R"({"name":"web","scripts":{"start":"node index.js"}})"},
                     {"package-lock.json", R"({"name":"web","lockfileVersion":3,"packages":{}})"},
                     {"index.js", "require('http').createServer().listen(3000) // " + subject}},
                    subject);
}

std::string DeploymentScenario::push_static(const FakeGit::Files& files, const std::string& subject) {
    const auto hash = git.push(url, "main", files, subject);
    docker.next_build.image_id = "sha256:" + hash;
    docker.image_files[docker.next_build.image_id] = files;
    return hash;
}

std::int64_t DeploymentScenario::trigger(deployment::TriggerRequest request) {
    return run(deployments.trigger(owner, project_id, std::move(request))).value().row.deployment.id;
}

std::int64_t DeploymentScenario::roll_back(std::int64_t deployment_id, bool pin) {
    return run(deployments.roll_back(owner, deployment_id, pin)).value().detail.row.deployment.id;
}

database::Claim DeploymentScenario::claim() {
    const auto claimed = temp.write([&](soci::session& session) {
        return database::claim_next(session, 0, "worker", ports.settings.claim_time, temp.clock.now());
    });
    REQUIRE(claimed);
    return *claimed;
}

bool DeploymentScenario::is_claimable() {
    return temp.write([&](soci::session& session) {
        return database::claim_next(session, 0, "other", ports.settings.claim_time, temp.clock.now())
            .has_value();
    });
}

void DeploymentScenario::step() { run(runner.run(claim())); }

DeploymentDetail DeploymentScenario::deploy() {
    const auto id = trigger();
    step();
    return detail(id);
}

void DeploymentScenario::begin() {
    ended_ = false;
    asio::co_spawn(loop, runner.run(claim()), [this](const std::exception_ptr&) { ended_ = true; });
}

void DeploymentScenario::until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    loop.restart();
    while (!condition() && loop.run_one_until(end) > 0) {
    }
    REQUIRE(condition());
}

DeploymentDetail DeploymentScenario::detail(std::int64_t id) {
    return temp
        .read([&](soci::session& session) { return database::find_deployment_detail(session, owner, id); })
        .value();
}

Project DeploymentScenario::project() {
    return temp
        .read([&](soci::session& session) { return database::find_project(session, owner, project_id); })
        .value();
}

void DeploymentScenario::change(const std::function<void(Project&)>& how) {
    auto changed = project();
    how(changed);
    temp.write([&](soci::session& session) { return database::update_project(session, changed); }).value();
}

std::optional<Release> DeploymentScenario::release(std::int64_t id) {
    return temp.read([&](soci::session& session) { return database::find_release(session, id); });
}

std::string DeploymentScenario::steps(std::int64_t id) {
    std::string out;
    for (const auto& each : detail(id).steps) {
        if (!out.empty()) out += ' ';
        out += to_string(each.status);
    }
    return out;
}

std::string DeploymentScenario::log(std::int64_t id) {
    return temp.read([&](soci::session& session) {
        std::string out;
        for (;;) {
            const auto slice =
                database::read_log(session, id, static_cast<std::int64_t>(out.size()), 1 << 20);
            if (slice.bytes.empty()) return out;
            out += slice.bytes;
        }
    });
}

std::vector<std::string> DeploymentScenario::log_lines(std::int64_t id) {
    std::vector<std::string> out;
    std::istringstream in(log(id));
    for (std::string line; std::getline(in, line);) {
        REQUIRE(line.size() > 25);
        CHECK(line[10] == 'T');
        CHECK(line.substr(23, 2) == "Z ");
        out.push_back(deployment::plain_text(line.substr(25)));
    }
    return out;
}

std::uint16_t DeploymentScenario::port(caddy::Slot slot) { return deployment::slot_port(project(), slot); }

std::string DeploymentScenario::served(const std::string& file) const {
    const auto directory = markers.static_directory(project_id, 0).parent_path() / "current";
    std::ifstream in(directory / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace panel::test
