// An engine that is not there, hangs, breaks off or talks nonsense: always an error in plain words, never a
// hang or a false success.

#include "services/docker/engine_client.hpp"

#include "services/docker/lying_engine.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <string_view>
#include <utility>

using namespace panel;
using namespace std::chrono_literals;
using test::LyingEngine;
using Then = LyingEngine::Then;

namespace {

namespace asio = boost::asio;

asio::awaitable<Result<std::string>> no_context() { co_return std::string(); }

asio::awaitable<Result<std::string>> broken_context() {
    co_return fail(Code::unavailable, "The repository cannot be read.");
}

asio::awaitable<void> append(std::string& log, std::string text) {
    log += text;
    co_return;
}

std::string answer(std::string_view body, int status = 200) {
    return fmt::format("HTTP/1.1 {} Status\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                       status, body.size(), body);
}

std::string chunk(std::string_view bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }

constexpr std::string_view stream_head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

struct Scene {
    asio::io_context loop{1};
    asio::thread_pool pool{1};
    LyingEngine liar;
    docker::EngineClient engine;
    std::string log;

    explicit Scene(std::string text, Then then = Then::closes)
        : liar(loop, std::move(text), then), engine(liar.path(), pool, 300ms) {}

    auto version() { return test::run(loop, engine.version()); }

    Result<docker::BuildOutcome> build(const net::BodySource& context = no_context) {
        docker::BuildRequest request;
        request.dockerfile = "Dockerfile";
        request.deadline = 500ms;
        const docker::LogSink sink = [this](std::string text) { return append(log, std::move(text)); };
        return test::run(loop, engine.build(request, context, sink));
    }
};

} // namespace

TEST_CASE("an engine that does not run is said to be not running") {
    asio::thread_pool pool{1};
    const test::TempDirectory directory;
    docker::EngineClient engine((directory.path() / "none.sock").string(), pool);
    const auto version = test::run(engine.version());
    REQUIRE_FALSE(version);
    CHECK(version.error().code == Code::unavailable);
    CHECK(version.error().message == "Docker is not running on this server.");
}

TEST_CASE("an engine that never answers meets its deadline") {
    Scene scene("", Then::stays_silent);
    const auto version = scene.version();
    REQUIRE_FALSE(version);
    CHECK(version.error().code == Code::unavailable);
    CHECK(version.error().message == "Docker did not answer in time.");
    const auto build = scene.build();
    REQUIRE_FALSE(build);
    CHECK(build.error().message == "Docker did not answer in time.");
}

TEST_CASE("half of an answer and answers that are none are not believed") {
    for (const auto& text : {answer(R"({"Version":"20.10)"), answer("null"), answer("{}"), answer("[]"),
                             std::string("220 ready\r\n")}) {
        CAPTURE(text);
        Scene scene(text);
        const auto version = scene.version();
        REQUIRE_FALSE(version);
        CHECK(version.error().code == Code::unavailable);
        CHECK(version.error().message == "Docker gave an answer that cannot be read.");
    }
}

TEST_CASE("a connection that breaks off is told as such") {
    for (const auto& text :
         {std::string(), std::string("HTTP/1.1 200 O"), answer("{\"a\":1}").substr(0, 70)}) {
        CAPTURE(text);
        Scene scene(text);
        const auto version = scene.version();
        REQUIRE_FALSE(version);
        CHECK(version.error().code == Code::unavailable);
        CHECK(version.error().message == "Docker broke off the connection.");
    }
}

TEST_CASE("a failure inside the engine keeps its own sentence") {
    Scene scene(answer(R"({"message":"layer does not exist"})", 500));
    const auto version = scene.version();
    REQUIRE_FALSE(version);
    CHECK(version.error().code == Code::internal);
    CHECK(version.error().message == "layer does not exist");
    const auto build = scene.build();
    REQUIRE_FALSE(build);
    CHECK(build.error().code == Code::internal);
}

TEST_CASE("a build whose connection closes in the middle keeps its log and is no success") {
    const auto head = std::string(stream_head) + chunk("{\"stream\":\"first\\n\"}\n{\"stream\":\"sec");
    Scene closed(head);
    const auto broken = closed.build();
    REQUIRE_FALSE(broken);
    CHECK(broken.error().code == Code::unavailable);
    CHECK(closed.log == "first\n");
    Scene silent(head, Then::stays_silent);
    const auto hung = silent.build();
    REQUIRE_FALSE(hung);
    CHECK(hung.error().message == "Docker did not answer in time.");
    CHECK(silent.log == "first\n");
}

TEST_CASE("a build that ends well-formed without saying how is no success") {
    Scene scene(std::string(stream_head) + chunk("{\"stream\":\"first\\n\"}\n") + chunk(""));
    const auto build = scene.build();
    REQUIRE_FALSE(build);
    CHECK(build.error().code == Code::unavailable);
    CHECK(build.error().message == "Docker broke off the build before it ended.");
}

TEST_CASE("a context that cannot be read is told as itself, not as a failure of Docker") {
    Scene scene("", Then::stays_silent);
    const auto build = scene.build(broken_context);
    REQUIRE_FALSE(build);
    CHECK(build.error().message == "The repository cannot be read.");
}

TEST_CASE("a build that prints one line of 10 MB comes through cut") {
    std::string body(stream_head);
    for (int i = 0; i < 1000; ++i) body += chunk("{\"stream\":\"" + std::string(10'000, 'x') + "\"}\n");
    body += chunk("{\"stream\":\"\\nafter\\n\"}\n{\"aux\":{\"ID\":\"sha256:1\"}}\n") + "0\r\n\r\n";
    Scene scene(body);
    const auto build = scene.build();
    REQUIRE(build);
    CHECK(build->succeeded);
    CHECK(scene.log.size() < 20'000);
    CHECK(scene.log.ends_with("\nafter\n"));
}

TEST_CASE("a log that is no log is not shown") {
    Scene scene(std::string(stream_head) + chunk("plain text, not frames\n") + "0\r\n\r\n");
    const auto log = test::run(scene.loop, scene.engine.container_log("any", 10));
    REQUIRE_FALSE(log);
    CHECK(log.error().code == Code::unavailable);
}

TEST_CASE("absent containers, images and networks count as removed, other refusals do not") {
    Scene absent(answer(R"({"message":"No such container: x"})", 404));
    CHECK(test::run(absent.loop, absent.engine.remove_container("x")));
    CHECK(test::run(absent.loop, absent.engine.stop_container("x", 1s)));
    CHECK(test::run(absent.loop, absent.engine.remove_image("x")));
    CHECK(test::run(absent.loop, absent.engine.remove_network("x")));
    CHECK_FALSE(test::run(absent.loop, absent.engine.start_container("x")));
    Scene stopped("HTTP/1.1 304 Not Modified\r\n\r\n");
    CHECK(test::run(stopped.loop, stopped.engine.stop_container("x", 1s)));
    CHECK(test::run(stopped.loop, stopped.engine.start_container("x")));
    Scene refused(answer(R"({"message":"image is being used by running container"})", 409));
    const auto image = test::run(refused.loop, refused.engine.remove_image("x"));
    REQUIRE_FALSE(image);
    CHECK(image.error().code == Code::conflict);
}

TEST_CASE("a copy that is cut off leaves nothing and a missing path is told") {
    const test::TempDirectory directory;
    Scene cut(std::string(stream_head) + chunk(std::string(1000, 't')));
    const auto broken =
        test::run(cut.loop, cut.engine.copy_out("x", "/out", directory.path().string(), 1000));
    REQUIRE_FALSE(broken);
    CHECK(broken.error().code == Code::unavailable);
    CHECK(std::filesystem::is_empty(directory.path()));
    Scene missing(answer(R"({"message":"Could not find the file /out in container x"})", 404));
    const auto absent =
        test::run(missing.loop, missing.engine.copy_out("x", "/out", directory.path().string(), 1000));
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == Code::not_found);
}

TEST_CASE("a copy without end is broken off at the limit") {
    const test::TempDirectory directory;
    std::string body(stream_head);
    for (int i = 0; i < 70; ++i) body += chunk(std::string(1024 * 1024, 't'));
    Scene scene(body, Then::stays_silent);
    const auto copied =
        test::run(scene.loop, scene.engine.copy_out("x", "/out", directory.path().string(), 1000));
    REQUIRE_FALSE(copied);
    CHECK(copied.error().code == Code::too_large);
    CHECK(std::filesystem::is_empty(directory.path()));
}
