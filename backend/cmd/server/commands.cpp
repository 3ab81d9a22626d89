#include "commands.hpp"

#include "api/openapi.hpp"
#include "base/crash_point.hpp"
#include "config/config.hpp"
#include "services/framework/detect.hpp"
#include "services/framework/disk_tree.hpp"
#include "services/framework/dockerfile.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <iostream>

namespace panel {

namespace {

constexpr const char* help_text = R"(vps-panel: a private deployment platform on one server

  vps-panel serve --data DIR [options]       run the panel; `serve --help` lists the options
  vps-panel migrate --database URL           bring the database's schema up to date
  vps-panel copy-database --from URL --to URL  move to another database, such as from SQLite to PostgreSQL
  vps-panel detect DIR [--root-dir SUB]      how the repository in DIR would be built, as JSON
  vps-panel dockerfile DIR [--root-dir SUB]  the Dockerfile that would build it
  vps-panel openapi                          the OpenAPI document of the API
  vps-panel version
)";

struct DetectArguments {
    std::string directory;
    framework::Overrides overrides;
};

// Fills `out`; an exit code when the arguments are wrong or only help was asked for.
std::optional<int> read_arguments(const std::string& command, const std::vector<std::string>& arguments,
                                  DetectArguments& out) {
    CLI::App parser("Looks at a repository in a directory.", "vps-panel " + command);
    std::string root_directory;
    bool json = true;
    parser.add_option("directory", out.directory, "the repository")->required();
    parser.add_option("--root-dir", root_directory, "the application's directory inside it");
    parser.add_flag("--json", json, "print JSON (always so)");
    try {
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
        parser.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return parser.exit(error);
    }
    if (!root_directory.empty()) out.overrides.root_directory = root_directory;
    return std::nullopt;
}

int look_at(const std::string& command, const std::vector<std::string>& arguments) {
    DetectArguments given;
    if (const auto code = read_arguments(command, arguments, given)) return *code;
    auto tree = framework::DiskTree::open(given.directory);
    if (!tree) {
        std::cerr << "vps-panel: " << tree.error().message << '\n';
        return 1;
    }
    const auto plan = framework::detect(**tree, given.overrides);
    if (!plan) {
        std::cerr << "vps-panel: " << plan.error().message << '\n';
        return 1;
    }
    if (command == "detect") {
        std::cout << framework::plan_json(*plan);
        return 0;
    }
    if (plan->dockerfile_path) {
        std::cout << tree.value()
                         ->read((plan->root_directory.empty() ? "" : plan->root_directory + "/") +
                                *plan->dockerfile_path)
                         .value_or("");
        return 0;
    }
    const auto dockerfile =
        framework::render_dockerfile(*plan, {.has_build_environment = false, .cache_scope = "local"});
    if (!dockerfile) {
        std::cerr << "vps-panel: " << dockerfile.error().message << '\n';
        return 1;
    }
    std::cout << *dockerfile;
    return 0;
}

} // namespace

int run_command(const std::string& command, const std::vector<std::string>& arguments) {
    if (command == "detect" || command == "dockerfile") return look_at(command, arguments);
    if (command == "openapi") {
        std::cout << api::openapi_document();
        return 0;
    }
#ifndef PANEL_WITHOUT_CRASH_POINTS
    if (command == "crash-points") { // for tests: a program for users does not know the word
        for (const auto point : crash::points()) fmt::print("{}\n", point);
        return 0;
    }
#endif
    if (command == "version" || command == "--version") {
        fmt::print("{}\n", PANEL_VERSION);
        return 0;
    }
    if (command == "help" || command == "--help" || command == "-h") {
        fmt::print("{}", help_text);
        return 0;
    }
    fmt::print(stderr, "vps-panel: there is no command '{}'.\n\n{}", command, help_text);
    return 2;
}

} // namespace panel
