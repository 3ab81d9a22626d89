#pragma once
// What must be known of a repository's own Dockerfile before it is built: its port, its build arguments, and
// that it does not ask for a frontend image of its own, which would be code from elsewhere that reads the
// Dockerfile. Pure, any thread.

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace panel::framework {

struct DockerfileInstruction {
    std::string keyword;   // upper case
    std::string arguments; // continuation lines joined, comments dropped
};

// Splits a Dockerfile as Docker does: directives, comments, continuation lines and the escape directive.
[[nodiscard]] std::vector<DockerfileInstruction> dockerfile_instructions(std::string_view dockerfile);

// The names of its ARG instructions, each once: only these may be given as build arguments.
[[nodiscard]] std::vector<std::string> declared_build_arguments(std::string_view dockerfile);

// TCP ports that the last stage EXPOSEs, in order.
[[nodiscard]] std::vector<int> exposed_ports(std::string_view dockerfile);

// Code::invalid when the file names a frontend other than docker/dockerfile, or holds no FROM.
[[nodiscard]] Result<void> check_own_dockerfile(std::string_view dockerfile);

} // namespace panel::framework
