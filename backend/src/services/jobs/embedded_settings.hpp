#pragma once
// How the embedded queue takes and keeps jobs. Plain values.

#include <chrono>
#include <functional>
#include <string>

namespace panel::jobs {

struct EmbeddedSettings {
    std::string owner;            // of leases: no two living processes share it
    std::string queue{"default"}; // that serve() takes from
    int concurrency = 10;         // handlers at once
    std::chrono::milliseconds lease{30'000};
    std::chrono::milliseconds heartbeat{10'000};
    std::chrono::milliseconds longest_wait{1'000}; // between two looks for what is due
    std::chrono::milliseconds stop_limit{2'000};   // for handlers to end once they are cancelled
    std::chrono::hours archive_age{24 * 90};
    std::function<std::chrono::milliseconds(int retried)> retry_delay; // required: Asynq's
};

} // namespace panel::jobs
