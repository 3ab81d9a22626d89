#pragma once
// The commands that answer and end: detect, dockerfile, openapi, version, help. Return the process's exit
// code; write to stdout and stderr.

#include <string>
#include <vector>

namespace panel {

int run_command(const std::string& command, const std::vector<std::string>& arguments);

} // namespace panel
