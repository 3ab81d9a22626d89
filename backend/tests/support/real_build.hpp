#pragma once
// One build after the other by an engine of the test's own, in a room of the test's: a program of the tests
// is copied into an empty image and run by the step that the test names. Loop thread.

#include "services/deployment/build_room.hpp"
#include "services/docker/real_engine.hpp"
#include "support/private_engine.hpp"

#include <fstream>
#include <iterator>

namespace panel::test {

constexpr std::int64_t megabyte = 1 << 20;

struct Built {
    Result<docker::BuildOutcome> outcome = fail(Code::internal, "");
    deployment::BuildUse use;
    std::string log;
};

// Why there is no engine of the test's own here; "" when there may be one.
inline std::string why_no_engine() {
    return PrivateEngine::is_possible() ? "" : "an engine of the test's own needs root, dockerd and ip";
}

class RealBuild {
  public:
    // `program`: its path, and the name that steps call it by.
    RealBuild(PrivateEngine& engine, boost::asio::io_context& loop, std::string path, std::string name)
        : engine_(engine), loop_(loop), path_(std::move(path)), name_(std::move(name)) {}

    Built run(deployment::BuildRoom& room, std::string tag, std::string step) {
        return test::run(loop_, build(room, std::move(tag), std::move(step)), std::chrono::minutes{3});
    }

  private:
    static boost::asio::awaitable<void> say_nothing(std::string) { co_return; }

    std::shared_ptr<TarContext> context(const std::string& step) const {
        std::ifstream file(path_, std::ios::binary);
        const std::string program{std::istreambuf_iterator<char>(file), {}};
        docker::TarWriter tar;
        tar.file("panel/Dockerfile", fmt::format("FROM scratch\nCOPY {0} /{0}\n{1}\n", name_, step));
        tar.file(name_, program, true);
        return std::make_shared<TarContext>(tar);
    }

    boost::asio::awaitable<Built> build(deployment::BuildRoom& room, std::string tag, std::string step) {
        docker::BuildRequest request;
        request.tag = tag;
        request.dockerfile = "panel/Dockerfile";
        request.build_id = tag;
        Built built;
        net::BodySource source = [tar = context(step)] { return tar->next(); };
        docker::LogSink sink = [&built](std::string text) { return append_text(built.log, std::move(text)); };
        deployment::BuildRoom::Say say = &say_nothing;
        auto place = co_await room.enter(std::nullopt, std::move(say));
        auto running = engine_.client.build(std::move(request), std::move(source), std::move(sink));
        built.outcome = co_await (*place)->watch(std::move(running));
        built.use = co_await (*place)->end();
        if (!built.outcome) (void)co_await engine_.client.cancel_build(tag); // as the runner does
        co_return built;
    }

    PrivateEngine& engine_;
    boost::asio::io_context& loop_;
    std::string path_;
    std::string name_;
};

} // namespace panel::test
