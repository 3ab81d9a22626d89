#pragma once
// The engine of this machine for one test: what the test makes carries the label "vps-panel.test" with a
// value of its own and is removed at the end. An engine that does not answer fails the test. Needs the image
// node:24-slim.

#include "services/docker/engine_client.hpp"
#include "services/docker/tar_writer.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>

namespace panel::test {

inline std::string engine_socket() {
    const char* path = std::getenv("VPS_PANEL_DOCKER_SOCKET");
    return path == nullptr ? "/var/run/docker.sock" : path;
}

// Gives a context in pieces, as the pipeline does.
class TarContext {
  public:
    explicit TarContext(docker::TarWriter& writer) {
        writer.finish();
        bytes_ = writer.take();
    }
    boost::asio::awaitable<Result<std::string>> next() {
        constexpr std::size_t piece = 5000;
        auto part = bytes_.substr(0, piece);
        bytes_.erase(0, piece);
        co_return part;
    }

  private:
    std::string bytes_;
};

inline boost::asio::awaitable<void> append_text(std::string& log, std::string text) {
    log += text;
    co_return;
}

inline std::uint16_t free_port() {
    boost::asio::io_context loop;
    boost::asio::ip::tcp::acceptor acceptor(loop, {boost::asio::ip::make_address("127.0.0.1"), 0});
    return acceptor.local_endpoint().port();
}

struct RealEngine {
    boost::asio::io_context loop{1};
    boost::asio::thread_pool pool{1};
    docker::EngineClient engine{engine_socket(), pool};
    std::string name = fmt::format("vps-panel-test-{}-{:08x}", ::getpid(), std::random_device{}());
    std::map<std::string, std::string> labels{{"vps-panel.test", name}, {docker::data_label, name}};
    std::set<std::string> images;
    std::set<std::string> networks;

    RealEngine() {
        const auto version = run(engine.version());
        REQUIRE_MESSAGE(version, "the engine must answer: start it with tools/engine");
    }

    ~RealEngine() {
        if (const auto containers = run(engine.list_containers("vps-panel.test", name))) {
            for (const auto& container : *containers) CHECK(run(engine.remove_container(container.id)));
        }
        for (const auto& image : images) CHECK(run(engine.remove_image(image)));
        for (const auto& network : networks) CHECK(run(engine.remove_network(network)));
    }

    template <class T> T run(boost::asio::awaitable<T> task) {
        return test::run(loop, std::move(task), std::chrono::minutes{3});
    }

    docker::BuildRequest request(const std::string& tag = "one") {
        docker::BuildRequest request;
        request.tag = fmt::format("{}:{}", name, tag);
        request.dockerfile = "panel/Dockerfile";
        request.build_id = name + tag;
        request.labels = labels;
        request.deadline = std::chrono::minutes{3};
        images.insert(request.tag);
        return request;
    }

    docker::BuildOutcome build(docker::TarWriter& context, docker::BuildRequest request, std::string& log) {
        const auto tar = std::make_shared<TarContext>(context);
        const net::BodySource source = [tar] { return tar->next(); };
        const docker::LogSink sink = [&log](std::string text) { return append_text(log, std::move(text)); };
        auto outcome = run(engine.build(std::move(request), source, sink));
        REQUIRE_MESSAGE(outcome, (outcome ? "" : outcome.error().message));
        if (outcome->succeeded) images.insert(outcome->image_id); // a rebuild takes the tag away from it
        return std::move(*outcome);
    }

    docker::ContainerSpec spec(const std::string& suffix) {
        docker::ContainerSpec spec;
        spec.name = name + "-" + suffix;
        spec.image = "node:24-slim";
        spec.network = name;
        spec.labels = labels;
        spec.memory_bytes = 256LL * 1024 * 1024;
        networks.insert(name);
        return spec;
    }
};

} // namespace panel::test
