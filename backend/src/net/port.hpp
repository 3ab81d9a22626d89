#pragma once
// Whether a TCP port of this machine's loopback is free right now. Blocks for microseconds; any thread.

#include <cstdint>

namespace panel::net {

// True when something could listen on 127.0.0.1:port: nobody does.
[[nodiscard]] bool is_port_free(std::uint16_t port);

} // namespace panel::net
