// Builds by the real engine.

#include "services/docker/real_engine.hpp"

#include "base/deadline.hpp"
#include "net/http_client.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

using namespace panel;
using test::RealEngine;
namespace asio = boost::asio;

namespace {

constexpr const char* dockerfile =
    "FROM node:24-slim\n"
    "WORKDIR /app\n"
    "COPY app/ ./\n"
    "RUN --mount=type=cache,target=/cache --mount=type=bind,source=panel/env,target=/run/panel/env "
    ". /run/panel/env && touch /cache/used && echo \"the token has ${#TOKEN} characters\" && ls -1\n"
    "USER node\n"
    "RUN cat deep/er/file.txt && ./run\n"
    "EXPOSE 3000\n";

docker::TarWriter& write_context(docker::TarWriter& context, const std::string& token,
                                 const std::string& text) {
    context.file("panel/Dockerfile", dockerfile);
    context.file("panel/env", "TOKEN=" + token + "\n");
    context.file("app/deep/er/file.txt", text);
    context.file("app/run", "#!/bin/sh\necho \"it runs\"\n", true);
    context.file("app/\xC3\xBC\xE6\x97\xA5.txt", "named beyond ASCII\n");
    context.file("app/latin-\xFC.txt", "no text\n");
    context.file("app/" + std::string(180, 'n') + ".txt", "long name\n");
    context.link("app/link", "deep/er/file.txt");
    return context;
}

std::string history_of(const std::string& image) {
    net::Call call;
    call.endpoint.socket_path = test::engine_socket();
    call.target = "/images/" + image + "/history";
    const auto answer = test::run(net::send(std::move(call)));
    REQUIRE(answer);
    REQUIRE(answer->status == 200);
    return answer->body;
}

// Asks for the cancellation as soon as the step that never ends has printed something.
asio::awaitable<void> cancel_on(docker::EngineClient& engine, std::string build_id, std::string& log,
                                std::string text) {
    log += text;
    if (text.find("step begins") == std::string::npos) co_return;
    const auto cancelled = co_await engine.cancel_build(std::move(build_id));
    CHECK(cancelled);
}

asio::awaitable<void> notify_on(asio::steady_timer& event, std::string& log, std::string text) {
    log += text;
    if (log.find("step begins") != std::string::npos) event.cancel();
    co_return;
}

} // namespace

TEST_CASE("a build takes the context as written, uses mounts and keeps their content out of the image") {
    RealEngine real;
    std::string log;
    docker::TarWriter context;
    auto request = real.request();
    const auto outcome =
        real.build(write_context(context, "secret-" + real.name, real.name + "\n"), request, log);
    REQUIRE_MESSAGE(outcome.succeeded, log);
    const auto has = [&](const std::string& line) {
        return log.find("\n" + line + "\n") != std::string::npos;
    };
    CHECK_MESSAGE(has(fmt::format("the token has {} characters", real.name.size() + 7)), log);
    CHECK(has(real.name)); // a user other than root reads it
    CHECK(has("it runs"));
    CHECK(has("\xC3\xBC\xE6\x97\xA5.txt"));
    CHECK(has("latin-\xEF\xBF\xBD.txt")); // shown with U+FFFD, there with its own byte
    CHECK(has(std::string(180, 'n') + ".txt"));
    CHECK(log.find("secret-") == std::string::npos);
    CHECK(history_of(request.tag).find("secret-") == std::string::npos);
    const auto image = real.run(real.engine.inspect_image(request.tag));
    REQUIRE(image);
    CHECK(image->id == outcome.image_id);
    CHECK(image->exposed_tcp_ports == std::vector<int>{3000});
    CHECK(image->labels.at("vps-panel.test") == real.name);

    SUBCASE("an unchanged rebuild comes from the cache and gives the same image") {
        std::string again;
        docker::TarWriter same;
        const auto second =
            real.build(write_context(same, "secret-" + real.name, real.name + "\n"), request, again);
        CHECK(second.image_id == outcome.image_id);
        CHECK_MESSAGE(again.find("4/5] RUN . /run/panel/env") != std::string::npos, again);
        CHECK(again.find("\n#3 CACHED\n") != std::string::npos);
        CHECK(again.find("\nthe token has") == std::string::npos);
    }
    SUBCASE("a changed value of the mounted file runs its step again") {
        std::string again;
        docker::TarWriter other;
        real.build(write_context(other, "x", real.name + "\n"), request, again);
        CHECK_MESSAGE(again.find("the token has 1 characters") != std::string::npos, again);
    }
}

TEST_CASE("a failing step is told with its command, output and exit code") {
    RealEngine real;
    docker::TarWriter context;
    context.file("panel/Dockerfile",
                 "FROM node:24-slim\nARG WHO\nRUN echo \"$WHO was here\" >&2 && exit 42\n");
    auto request = real.request();
    request.build_arguments = {{"WHO", "somebody & \"somebody else\""}};
    request.no_cache = true;
    std::string log;
    const auto outcome = real.build(context, request, log);
    CHECK_FALSE(outcome.succeeded);
    CHECK(outcome.failed_step.starts_with("RUN echo \"somebody & "));
    CHECK(outcome.exit_code == 42);
    CHECK_FALSE(outcome.error.empty());
    CHECK(log.find("somebody & \"somebody else\" was here\n") != std::string::npos);
    CHECK(log.find(" ERROR: ") != std::string::npos);
    CHECK_FALSE(real.run(real.engine.inspect_image(request.tag)));
}

TEST_CASE("only the stages up to the target are built") {
    RealEngine real;
    docker::TarWriter context;
    context.file("panel/Dockerfile",
                 "FROM scratch AS first\nCOPY panel/Dockerfile /first\nFROM first\nRUN [\"/missing\"]\n");
    auto request = real.request();
    request.target = "first";
    std::string log;
    CHECK_MESSAGE(real.build(context, request, log).succeeded, log);
}

TEST_CASE("cancelling by its id ends a running build") {
    RealEngine real;
    docker::TarWriter context;
    context.file("panel/Dockerfile", "FROM node:24-slim\nRUN echo step begins && sleep 120\n");
    auto request = real.request();
    request.no_cache = true;
    std::string log;
    const auto tar = std::make_shared<test::TarContext>(context);
    const net::BodySource source = [tar] { return tar->next(); };
    const docker::LogSink sink = [&](std::string text) {
        return cancel_on(real.engine, request.build_id, log, std::move(text));
    };
    const auto outcome = real.run(real.engine.build(request, source, sink));
    REQUIRE(outcome);
    CHECK_FALSE(outcome->succeeded);
    CHECK_FALSE(outcome->exit_code);
    CHECK(log.find(" CANCELED\n") != std::string::npos);
    CHECK(real.run(real.engine.cancel_build("a build that never was")));
}

TEST_CASE("a caller that is cancelled leaves the build at once") {
    RealEngine real;
    docker::TarWriter context;
    context.file("panel/Dockerfile", "FROM node:24-slim\nRUN echo step begins && sleep 120\n");
    auto request = real.request();
    request.no_cache = true;
    std::string log;
    const auto tar = std::make_shared<test::TarContext>(context);
    const net::BodySource source = [tar] { return tar->next(); };
    asio::steady_timer event(real.loop, asio::steady_timer::time_point::max());
    const docker::LogSink sink = [&](std::string text) { return notify_on(event, log, std::move(text)); };
    using namespace asio::experimental::awaitable_operators;
    auto wait = event.async_wait(asio::as_tuple(asio::use_awaitable));
    auto build = real.engine.build(request, source, sink);
    const auto first = real.run(std::move(build) || std::move(wait));
    CHECK(first.index() == 1);
    CHECK(real.run(real.engine.cancel_build(request.build_id)));
}
