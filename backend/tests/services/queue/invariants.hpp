#pragma once
// The invariants of Asynq's format, checked over everything that a Redis holds: each id in exactly one
// container, its task whole and in that state, active tasks leased, locks held by tasks that exist, groups
// listed.

#include "services/queue/redis_server.hpp"

#include <string>
#include <vector>

namespace panel::test {

// What is broken, in sentences; empty when all is well.
std::vector<std::string> broken_invariants(RedisProbe& probe);

} // namespace panel::test
