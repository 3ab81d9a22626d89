// The program: `serve` runs the panel, the other commands answer and end.

#include "api/openapi.hpp"
#include "app.hpp"
#include "commands.hpp"
#include "config/config.hpp"
#include "database_commands.hpp"
#include "spare_memory.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using namespace panel;

config::Environment process_environment() {
    config::Environment environment;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals != std::string_view::npos)
            environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

boost::asio::awaitable<void> stop_app(App& app, boost::asio::io_context& loop) {
    co_await app.stop();
    loop.stop();
}

int serve(const std::vector<std::string>& arguments) {
    auto config = config::parse_serve(arguments, process_environment());
    if (!config && config.error().code == Code::cancelled) { // --help
        std::cout << config.error().message;
        return 0;
    }
    if (!config) {
        std::cerr << "vps-panel: " << config.error().message << '\n';
        return 2;
    }
    boost::asio::io_context loop(1);
    App app(loop, std::move(*config));
    if (auto started = app.start(); !started) {
        std::cerr << "vps-panel: " << started.error().message << '\n';
        return 1;
    }
    if (const auto link = app.setup_link(); !link.empty()) fmt::print("Create the administrator: {}\n", link);
    std::fflush(stdout);
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) boost::asio::co_spawn(loop, stop_app(app, loop), boost::asio::detached);
    });
    loop.run();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    set_up_allocator();
    spdlog::set_default_logger(spdlog::stderr_color_st("panel"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
    std::vector<std::string> arguments(argv + 1, argv + argc);
    const auto command = arguments.empty() ? std::string("help") : arguments.front();
    if (!arguments.empty()) arguments.erase(arguments.begin());
    try {
        if (command == "serve") return serve(arguments);
        if (command == "migrate") return migrate_database(arguments, process_environment());
        if (command == "copy-database") return copy_database(arguments, process_environment());
        return run_command(command, arguments);
    } catch (const std::exception& error) {
        std::cerr << "vps-panel: " << error.what() << '\n';
        return 1;
    }
}
