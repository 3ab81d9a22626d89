#pragma once
// Says why a deployment failed in one sentence, which log line shows it and what to do: rules over the newest
// log lines and the failed step. Pure; any thread. A rule says only what its line proves; where none fits,
// the failed command and its exit code are named.

#include "models/deployment.hpp"
#include "services/deployment/build_use.hpp"
#include "services/deployment/log_text.hpp"
#include "services/docker/docker_engine.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel::deployment {

[[nodiscard]] Explanation explain_build(const docker::BuildOutcome& outcome, const BuildUse& use,
                                        const std::deque<LogLine>& newest);

// A new container that did not become healthy. `log` is what it printed, already in the build log.
struct HealthFailure {
    bool exited = false;
    int exit_code = 0;
    bool out_of_memory = false;
    std::int64_t memory_limit_bytes = 0;
    int expected_port = 0;
    std::vector<int> listening_ports;          // seen inside the container, on any address but loopback
    std::vector<int> loopback_listening_ports; // inside the container, on loopback only
    std::optional<int> last_status;            // of the health path, when it answered at all
    bool answered_without_http = false;
    std::string health_path;
    std::int64_t deadline_seconds = 0;
};
// What to do when the disk is full.
inline constexpr std::string_view make_room =
    "Make room on the server's disk (Server, Disk shows what takes it), then deploy again.";
// A build that was ended before it filled the disk.
[[nodiscard]] Explanation explain_full_disk(std::int64_t free_bytes);
// An app that its memory limit ended, whenever that was. 0: it had none. `subject` begins its sentence, "The
// app" or what leads there.
[[nodiscard]] Explanation explain_memory_kill(std::int64_t limit_bytes, std::string_view subject = "The app");
[[nodiscard]] Explanation explain_health(const HealthFailure& failure, const std::deque<LogLine>& newest);

// For errors that carry their own sentence (git refused, Docker not running, Caddy refused ...).
[[nodiscard]] Explanation explain_error(std::string reason, std::string sentence, std::string next_step);

// "Visitors still get deployment 11." or "Visitors get no release yet."
[[nodiscard]] std::string what_visitors_see(const std::optional<std::int64_t>& live_deployment_id);

} // namespace panel::deployment
