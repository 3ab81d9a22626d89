#pragma once
// The release that visitors get: what it prints and what it uses. Owned by App. Loop thread; suspends for the
// database, Docker and Caddy. Errors: not_found (unknown or foreign project), conflict (nothing is live, or a
// static site: no process prints or runs), unavailable.

#include "base/result.hpp"
#include "models/user.hpp"
#include "services/deployment/execution.hpp"
#include "services/deployment/worker_calls.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>

namespace panel::deployment {

struct LiveMetrics {
    double cpu_percent = 0;
    std::int64_t memory_bytes = 0;
    std::int64_t memory_limit_bytes = 0; // 0: no limit
    bool running = false;
    std::string slot; // "blue", "green", "static" or "none"
    int open_requests = 0;
};

class LiveRelease {
  public:
    // `calls`: of a process without Docker, which asks a worker instead; else null.
    explicit LiveRelease(Ports& ports, WorkerCalls* calls = nullptr) : ports_(ports), calls_(calls) {}

    // The newest `tail` lines.
    boost::asio::awaitable<Result<std::string>> log(Principal principal, std::int64_t project_id, int tail);
    // A project without a live container answers zeros, not an error.
    boost::asio::awaitable<Result<LiveMetrics>> metrics(Principal principal, std::int64_t project_id);
    // What it prints from now on, until it is replaced, ends, or the caller is cancelled.
    boost::asio::awaitable<Result<void>> follow_log(Principal principal, std::int64_t project_id,
                                                    docker::LogSink sink);

  private:
    struct Live {
        Project project;
        caddy::Slot slot = caddy::Slot::none;
    };
    boost::asio::awaitable<Result<Live>> find(Principal principal, std::int64_t project_id);
    boost::asio::awaitable<Result<std::string>> find_container(Principal principal, std::int64_t project_id);

    Ports& ports_;
    WorkerCalls* calls_;
};

} // namespace panel::deployment
