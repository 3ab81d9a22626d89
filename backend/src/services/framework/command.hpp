#pragma once
// What a command line from package.json or a Procfile does: whether it is a development server, a file server
// or the real thing, which port it names, and how to run it without a shell. Nothing is executed. Pure, any
// thread.

#include "services/framework/manifest.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel::framework {

// True when any part of the command is a development server or a watcher (vite, next dev, nodemon, tsx watch
// ...).
[[nodiscard]] bool is_development_server(std::string_view command);

// True for serve, http-server and their like: the command only hands out files that were built before.
[[nodiscard]] bool is_file_server(std::string_view command);

// The port that the command itself names: -p 4000, --port=4000, PORT=4000.
[[nodiscard]] std::optional<int> port_in_command(std::string_view command);

// The source file that a runner is given: "nodemon --watch src src/server.js" -> "src/server.js".
[[nodiscard]] std::optional<std::string> entry_in_command(std::string_view command);

// Follows "npm run x", "yarn x" and the like into the scripts. Nothing when a pre- or post-script belongs to
// the chain, which only the package manager itself runs.
[[nodiscard]] std::optional<std::string> resolve_script(const Manifest& manifest, std::string_view name);

// The program and its arguments of the command's last part, without variables and wrappers such as cross-env
// and npx.
[[nodiscard]] std::vector<std::string> program_words(std::string_view command);

// The words of each part between && || ; | and &.
[[nodiscard]] std::vector<std::vector<std::string>> command_parts(std::string_view command);

// The argument vector that starts the command: its own words where no shell is needed, else /bin/sh -c with
// an exec before the last program, so that it is process 1 and gets the stop signal.
[[nodiscard]] std::vector<std::string> process_arguments(std::string_view command);

} // namespace panel::framework
