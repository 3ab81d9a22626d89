#pragma once
// How a server is started: Procfile, start scripts, the framework's own command, entry files. Development
// servers never are.

#include "services/framework/framework.hpp"

namespace panel::framework {

// Sets kind, start_command and port of a plan whose framework is known, with evidence. False when nothing can
// be started and nothing says that there are only files to serve.
[[nodiscard]] bool choose_start(const Project& project, const Framework* framework, Plan& plan);

// From the final start command: the process that the image runs, whether it needs Bun or the package manager,
// and whether it needs a development package (then those stay in the image).
void settle_process(const Project& project, Plan& plan);

} // namespace panel::framework
