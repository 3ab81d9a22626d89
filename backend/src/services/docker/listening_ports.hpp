#pragma once
// Which TCP ports the processes of a network namespace listen on, from the kernel's tables (proc(5),
// /proc/<pid>/net/tcp and tcp6).

#include "services/docker/docker_engine.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace panel::docker {

// Pure. The content of both tables; lines that cannot be read are skipped.
[[nodiscard]] ListeningPorts parse_socket_tables(std::string_view tcp, std::string_view tcp6);

// Of the container whose first process is `pid` on this machine. Nothing when it cannot be seen, or `pid` is
// somebody else here (an engine on another machine or in another process namespace). Blocks shortly: for the
// pool.
[[nodiscard]] std::optional<ListeningPorts> read_listening_ports(std::int64_t pid,
                                                                 const std::string& container_id);

} // namespace panel::docker
