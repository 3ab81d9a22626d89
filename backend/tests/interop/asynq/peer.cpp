#include "interop/asynq/peer.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace panel::test {

namespace {

constexpr std::chrono::seconds patience{20};

net::ProcessSpec spec_of(std::vector<std::string> argv) {
    net::ProcessSpec spec;
    spec.argv = std::move(argv);
    spec.deadline = std::chrono::minutes{2};
    return spec;
}

} // namespace

std::vector<std::string> Peer::programs() {
    std::vector<std::string> found;
    for (const auto* version : {"0.25", "0.26"}) {
        auto program = std::string(PANEL_ASYNQ_PEERS) + "/asynq-peer-" + version;
        if (std::filesystem::exists(program)) found.push_back(std::move(program));
    }
    if (found.empty()) MESSAGE("skipped: there is no Go, or no Go module, to build Asynq with");
    return found;
}

std::vector<boost::json::value> Peer::all(const std::string& command, const std::string& request) {
    auto running = net::run_process(spec_of({program_, world_.redis.socket_path(), command, request}));
    const auto exit = world_.run(std::move(running));
    if (!exit) throw std::runtime_error(exit.error().message);
    if (!exit->standard_error.empty()) throw std::runtime_error(exit->standard_error);
    std::vector<boost::json::value> values;
    std::istringstream lines(exit->standard_output);
    for (std::string line; std::getline(lines, line);) values.push_back(boost::json::parse(line));
    return values;
}

boost::json::object Peer::one(const std::string& command, const std::string& request) {
    const auto values = all(command, request);
    return values.empty() ? boost::json::object{} : values.front().as_object();
}

std::unique_ptr<net::InteractiveProcess> Peer::serve(const std::string& queues) {
    auto server = net::InteractiveProcess::start(
        world_.loop.get_executor(),
        spec_of({program_, world_.redis.socket_path(), "serve", R"({"queues":)" + queues + "}"}));
    if (!server) throw std::runtime_error(server.error().message);
    event(**server);
    return std::move(*server);
}

boost::json::object Peer::event(net::InteractiveProcess& server) {
    const auto line = test::run(world_.loop, server.read_line(), patience);
    if (!line) throw std::runtime_error(line.error().message);
    return boost::json::parse(*line).as_object();
}

} // namespace panel::test
