// Containers of the real engine.

#include "services/docker/real_engine.hpp"

#include "net/http_client.hpp"
#include "support/temp_directory.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

using namespace panel;
using test::RealEngine;
namespace asio = boost::asio;

namespace {

constexpr auto patience = std::chrono::seconds{60};

// Answers with what a container of ours may do and the value of GREETING; prints a line per request.
constexpr const char* server =
    "const {readFileSync} = require('fs');"
    "require('http').createServer((request, response) => {"
    "  console.log('asked for ' + request.url); console.error('on the other stream');"
    "  response.end(process.env.GREETING + '\\n' + readFileSync('/proc/self/status'));"
    "}).listen(3000); require('http').createServer().listen(3001, '127.0.0.1');";

asio::awaitable<Result<net::Response>> ask(std::uint16_t port) {
    net::Call call;
    call.endpoint.port = port;
    call.target = "/hello";
    call.deadline = std::chrono::seconds{5};
    co_return co_await net::send(std::move(call));
}

// The answer of the app, as soon as it gives one.
asio::awaitable<std::string> first_answer(std::uint16_t port) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
        const auto answer = co_await ask(port);
        if (answer && answer->status == 200) co_return answer->body;
    }
    co_return "";
}

// The container, as soon as it has been started again after a crash.
asio::awaitable<docker::ContainerState> after_crash(docker::EngineClient& engine, std::string name) {
    const auto end = std::chrono::steady_clock::now() + patience;
    docker::ContainerState state;
    while (std::chrono::steady_clock::now() < end && (state.restart_count == 0 || state.running)) {
        if (auto seen = co_await engine.inspect_container(name)) state = std::move(*seen);
    }
    co_return state;
}

asio::awaitable<void> notify_on(asio::steady_timer& event, std::string& log, std::string text) {
    log += text;
    if (log.find("asked for /hello") != std::string::npos) event.cancel();
    co_return;
}

// Asks until the follower has seen it.
asio::awaitable<void> ask_until_seen(std::uint16_t port, const std::string& seen) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end && seen.find("asked for /hello") == std::string::npos) {
        static_cast<void>(co_await ask(port));
    }
}

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("a container lives its life: created, started, asked, measured, followed, stopped, removed") {
    RealEngine real;
    auto spec = real.spec("green");
    spec.command = {"node", "-e", server};
    spec.environment = {{"GREETING", "hello from the environment"}};
    spec.container_port = 3000;
    spec.host_port = test::free_port();
    const auto id = real.run(real.engine.create_container(spec));
    REQUIRE_MESSAGE(id, (id ? "" : id.error().message));
    auto state = real.run(real.engine.inspect_container(spec.name));
    REQUIRE(state);
    CHECK(state->id == *id);
    CHECK_FALSE(state->running);
    const auto started = real.run(real.engine.start_container(*id));
    REQUIRE_MESSAGE(started, (started ? "" : started.error().message));
    CHECK(real.run(real.engine.start_container(*id))); // runs already

    const auto body = real.run(first_answer(spec.host_port));
    CHECK(body.starts_with("hello from the environment\n"));
    CHECK(body.find("CapBnd:\t00000000000004eb\n") !=
          std::string::npos); // the seven that container_spec.cpp keeps
    CHECK(body.find("NoNewPrivs:\t1\n") != std::string::npos);
    CHECK(body.find("Seccomp:\t2\n") != std::string::npos);

    state = real.run(real.engine.inspect_container(spec.name));
    REQUIRE(state);
    CHECK(state->running);
    CHECK(state->restart_count == 0);
    const auto listed = real.run(real.engine.list_containers("vps-panel.test", real.name));
    REQUIRE(listed);
    REQUIRE(listed->size() == 1);
    CHECK(listed->front().name == spec.name);
    CHECK(real.run(real.engine.list_containers("vps-panel.test", "nobody"))->empty());

    for (int i = 0; i < 2; ++i) {
        const auto stats = real.run(real.engine.container_stats(spec.name));
        REQUIRE(stats);
        CHECK(stats->memory_bytes > 1024 * 1024);
        CHECK(stats->memory_limit_bytes == spec.memory_bytes);
        CHECK(stats->cpu_percent >= 0);
    }
    const auto ports = real.run(real.engine.listening_ports(spec.name));
    REQUIRE_MESSAGE(ports, (ports ? "" : ports.error().message));
    CHECK(ports->reachable == std::vector<int>{3000});
    CHECK(ports->loopback_only == std::vector<int>{3001});

    const auto log = real.run(real.engine.container_log(spec.name, 100));
    REQUIRE(log);
    CHECK(log->find("asked for /hello\n") != std::string::npos);
    CHECK(log->find("on the other stream\n") != std::string::npos);
    const auto newest = real.run(real.engine.container_log(spec.name, 1));
    REQUIRE(newest);
    CHECK(newest->substr(10, 1) == "T"); // a time stands first
    CHECK(newest->find("Z ") == std::string_view("2026-01-31T09:05:00.123456789").size());
    CHECK(std::count(newest->begin(), newest->end(), '\n') == 1);

    CHECK(real.run(real.engine.stop_container(*id, std::chrono::seconds{5})));
    CHECK(real.run(real.engine.stop_container(*id, std::chrono::seconds{5}))); // stopped already
    state = real.run(real.engine.inspect_container(spec.name));
    REQUIRE(state);
    CHECK_FALSE(state->running);
    const auto silent = real.run(real.engine.listening_ports(spec.name));
    REQUIRE_FALSE(silent);
    CHECK(silent.error().code == Code::unavailable);
    CHECK(real.run(real.engine.remove_container(*id)));
    CHECK(real.run(real.engine.remove_container(*id)));
    const auto gone = real.run(real.engine.inspect_container(spec.name));
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == Code::not_found);
}

TEST_CASE("a log is followed from now on until the container ends or nobody wants it any more") {
    RealEngine real;
    auto spec = real.spec("green");
    spec.command = {"node", "-e", server};
    spec.container_port = 3000;
    spec.host_port = test::free_port();
    const auto id = real.run(real.engine.create_container(spec));
    REQUIRE(id);
    REQUIRE(real.run(real.engine.start_container(*id)));
    REQUIRE_FALSE(real.run(first_answer(spec.host_port)).empty());

    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer event(real.loop, asio::steady_timer::time_point::max());
    std::string seen;
    const docker::LogSink sink = [&](std::string text) { return notify_on(event, seen, std::move(text)); };
    auto wait = event.async_wait(asio::as_tuple(asio::use_awaitable));
    auto follow = real.engine.follow_container_log(*id, sink);
    auto watch = std::move(follow) || std::move(wait); // the event cancels the follower
    real.run(std::move(watch) && ask_until_seen(spec.host_port, seen));
    CHECK(seen.find("asked for /hello\n") != std::string::npos);

    auto until_end = real.engine.follow_container_log(*id, sink);
    auto stop = real.engine.stop_container(*id, std::chrono::seconds{5});
    const auto [followed, stopped] = real.run(std::move(until_end) && std::move(stop));
    CHECK(stopped);
    CHECK(followed);
}

TEST_CASE("a container that crashes shows its exit code, its restarts and its last words") {
    RealEngine real;
    auto spec = real.spec("blue");
    spec.command = {"node", "-e", "console.error('DATABASE_URL is missing'); process.exit(3)"};
    const auto id = real.run(real.engine.create_container(spec));
    REQUIRE(id);
    REQUIRE(real.run(real.engine.start_container(*id)));
    const auto state = real.run(after_crash(real.engine, *id));
    CHECK(state.restart_count > 0);
    CHECK_FALSE(state.running);
    CHECK(state.exit_code == 3);
    CHECK_FALSE(state.out_of_memory);
    const auto log = real.run(real.engine.container_log(*id, 50));
    REQUIRE(log);
    CHECK(log->find("DATABASE_URL is missing\n") != std::string::npos);
}

TEST_CASE("a name that is taken is replaced when it is ours and left alone when it is not") {
    RealEngine real;
    auto spec = real.spec("green");
    spec.command = {"node", "-e", "setInterval(() => {}, 1000)"};
    const auto first = real.run(real.engine.create_container(spec));
    REQUIRE(first);
    REQUIRE(real.run(real.engine.start_container(*first)));
    const auto second = real.run(real.engine.create_container(spec));
    REQUIRE(second);
    CHECK(*second != *first);
    CHECK_FALSE(real.run(real.engine.inspect_container(*first)));

    auto foreign = spec;
    foreign.network.clear();
    foreign.labels[docker::data_label] = "another panel";
    const auto refused = real.run(real.engine.create_container(foreign));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::conflict);
    CHECK(real.run(real.engine.inspect_container(*second)));

    foreign = spec;
    foreign.name += "-other";
    foreign.labels[docker::data_label] = "another panel";
    const auto network = real.run(real.engine.create_container(foreign));
    REQUIRE_FALSE(network);
    CHECK(network.error().code == Code::conflict);
}

TEST_CASE("a port that another program holds and an image that is gone are told apart") {
    RealEngine real;
    asio::ip::tcp::acceptor holder(real.loop, {asio::ip::make_address("127.0.0.1"), 0});
    auto spec = real.spec("green");
    spec.container_port = 3000;
    spec.host_port = holder.local_endpoint().port();
    const auto id = real.run(real.engine.create_container(spec));
    REQUIRE(id);
    const auto started = real.run(real.engine.start_container(*id));
    REQUIRE_FALSE(started);
    CHECK_MESSAGE(started.error().code == Code::conflict, started.error().message);
    auto gone = real.spec("gone");
    gone.image = "sha256:" + std::string(64, '0');
    const auto missing = real.run(real.engine.create_container(gone));
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == Code::not_found);
}

TEST_CASE("a directory is copied out of an image that has nothing else, without starting it") {
    RealEngine real;
    docker::TarWriter context;
    context.file("panel/Dockerfile", "FROM scratch\nCOPY app/ /site/\n");
    context.file("app/index.html", "<h1>" + real.name + "</h1>");
    context.file("app/assets/\xC3\xBC.js", std::string(200'000, 'j'));
    context.link("app/latest", "assets");
    auto request = real.request();
    std::string log;
    REQUIRE_MESSAGE(real.build(context, request, log).succeeded, log);
    auto spec = real.spec("copy");
    spec.image = request.tag;
    spec.network.clear();
    spec.command = {"none"};
    const auto id = real.run(real.engine.create_container(spec));
    REQUIRE(id);
    const auto copy = [&](const std::string& path, const test::TempDirectory& to,
                          std::int64_t limit = 1'000'000) {
        return real.run(real.engine.copy_out(*id, path, to.path().string(), limit));
    };
    for (const std::string path : {"/site", "/site/", "site"}) {
        CAPTURE(path);
        const test::TempDirectory target;
        const auto copied = copy(path, target);
        REQUIRE_MESSAGE(copied, (copied ? "" : copied.error().message));
        CHECK(read(target.path() / "index.html") == "<h1>" + real.name + "</h1>");
        CHECK(read(target.path() / "latest/\xC3\xBC.js").size() == 200'000);
    }
    const test::TempDirectory target;
    const auto large = copy("/site", target, 100'000);
    REQUIRE_FALSE(large);
    CHECK(large.error().code == Code::too_large);
    const auto missing = copy("/dist", target);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == Code::not_found);
    const auto file = copy("/site/index.html", target);
    REQUIRE_FALSE(file);
    CHECK(file.error().code == Code::invalid);
    CHECK(std::filesystem::is_empty(target.path()));
}
