#pragma once
// Where Redis is and how to sign in there, read from a URL:
//   redis://[user:password@]host[:port][/db]      TCP; rediss:// the same under TLS
//   redis-cluster://[user:password@]a[:port],b,c  some masters of a cluster; rediss-cluster:// under TLS
//   unix://[user:password@]/path[?db=n]           a unix socket
// User and password are percent-encoded. Pure; any thread.

#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/stream.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace panel::queue::redis {

struct Target {
    std::vector<net::StreamTarget> addresses; // one, or the seeds of a cluster
    bool is_cluster = false;
    std::string user; // "": the default user
    Secret password;  // empty: none is asked for
    int db = 0;
};

// Errors: invalid, in a plain sentence that never holds the password. A Redis that is neither on this machine
// nor asks for a password is refused: whoever can reach it could run deployments.
[[nodiscard]] Result<Target> parse_target(std::string_view url);

// "host:port" or the path: for messages, and the name of a node in a cluster.
[[nodiscard]] std::string name_of(const net::StreamTarget& address);

} // namespace panel::queue::redis
