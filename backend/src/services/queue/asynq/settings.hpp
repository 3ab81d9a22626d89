#pragma once
// What a client and worker of Asynq's format can be told; the defaults are Asynq's own (v0.26.0). Changing
// the lease is safe in a fleet of several programs, shortening the grace is not. Plain data.

#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace panel::queue::asynq {

using std::chrono::milliseconds;
using std::chrono::seconds;

// n^4 + 15 + r * (n + 1) seconds, r uniform in 0..29; `retried` are the failures before this one.
[[nodiscard]] milliseconds default_retry_delay(int retried);

struct Settings {
    std::size_t concurrency = 10;                      // handlers at once
    std::map<std::string, int> queues{{"default", 1}}; // name -> weight; below 1: not served
    bool strict = false; // always the heaviest queue that has work, instead of shares by weight

    milliseconds lease{seconds{30}};            // how long a worker that says nothing keeps its tasks
    milliseconds heartbeat{seconds{5}};         // how often it says so
    milliseconds recover_interval{seconds{60}}; // how often the leases of all are looked at
    milliseconds grace{seconds{30}};            // after the end of a lease: allowance for other clocks
    milliseconds forward_interval{seconds{5}};  // at most, between looks for what is due
    milliseconds janitor_interval{seconds{8}};  // between looks for completed tasks to drop
    milliseconds shortest_poll{2};              // pause after the first empty look; doubles up to
    milliseconds longest_poll{seconds{1}};      // (while the wake-up channel is heard)
    milliseconds answer_limit{seconds{3}};      // of Redis
    milliseconds connect_limit{seconds{5}};
    milliseconds stop_limit{seconds{2}}; // for handlers to end once they are cancelled

    std::size_t archive_size = 9'999;
    seconds archive_age{std::chrono::days{90}};

    // Whether a task that another worker has taken meanwhile must not be ended by us: our own lease is
    // compared. Attempts after an answer that was lost always compare.
    bool fenced = false;

    std::function<milliseconds(int retried)> retry_delay = default_retry_delay;
    // An error that is none is retried without using up a retry and without being counted.
    std::function<bool(const Error&)> is_failure = [](const Error&) { return true; };
};

} // namespace panel::queue::asynq
