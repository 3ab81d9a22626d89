#include "services/deployment/health_check.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "net/http_client.hpp"

#include <algorithm>

namespace panel::deployment {

namespace {

constexpr std::chrono::milliseconds attempt_deadline{10'000};
constexpr std::chrono::milliseconds shortest_pause{20};
constexpr std::chrono::milliseconds longest_pause{500};
constexpr std::chrono::milliseconds inspect_interval{400};

using SteadyClock = std::chrono::steady_clock;

net::Call make_attempt(const HealthTarget& target, SteadyClock::duration left) {
    net::Call call;
    call.endpoint.port = target.host_port;
    call.target = target.path;
    call.headers.set("Host", "localhost:" + std::to_string(target.container_port));
    call.headers.set("User-Agent", "vps-panel-health");
    call.headers.set("Accept", "*/*");
    call.deadline = std::min(attempt_deadline, std::chrono::duration_cast<std::chrono::milliseconds>(left));
    call.response_limit = 16 * 1024 * 1024;
    return call;
}

// An eighth of the time waited so far: whenever the app comes up, asking late costs an eighth at most, and
// one that takes long is not asked all the time.
std::chrono::milliseconds pause_after(SteadyClock::duration waited) {
    const auto share = std::chrono::duration_cast<std::chrono::milliseconds>(waited / 8);
    return std::clamp(share, shortest_pause, longest_pause);
}

boost::asio::awaitable<Result<HealthVerdict>> give_up(docker::DockerEngine& engine,
                                                      const HealthTarget& target, HealthVerdict verdict) {
    verdict.failure.expected_port = target.container_port;
    verdict.failure.health_path = target.path;
    verdict.failure.deadline_seconds = target.deadline.count();
    verdict.failure.memory_limit_bytes = target.memory_limit_bytes;
    if (!verdict.failure.exited) {
        // It may be up while the kernel ends one of its workers after the other.
        if (const auto state = co_await engine.inspect_container(target.container))
            verdict.failure.out_of_memory = state->out_of_memory;
        if (const auto ports = co_await engine.listening_ports(target.container)) {
            verdict.failure.listening_ports = ports->reachable;
            verdict.failure.loopback_listening_ports = ports->loopback_only;
        }
    }
    co_return verdict;
}

} // namespace

boost::asio::awaitable<Result<HealthVerdict>> check_health(docker::DockerEngine& engine,
                                                           HealthTarget target) {
    const auto began = SteadyClock::now();
    const auto end = began + target.deadline;
    auto next_inspection = began + inspect_interval;
    HealthVerdict verdict;
    while (true) {
        const auto left = end - SteadyClock::now();
        if (left <= SteadyClock::duration::zero())
            co_return co_await give_up(engine, target, std::move(verdict));
        const auto answer = co_await net::send(make_attempt(target, left));
        CRASH_POINT("deploy.health.asked");
        if (answer) {
            verdict.failure.last_status = answer->status;
            verdict.failure.answered_without_http = false;
            if (answer->status < 500) {
                verdict.healthy = true;
                verdict.status = answer->status;
                co_return verdict;
            }
        } else if (answer.error().code == Code::bad_request) {
            verdict.failure.answered_without_http = true;
        }
        if (SteadyClock::now() >= next_inspection) {
            const auto state = co_await engine.inspect_container(target.container);
            if (!state) co_return std::unexpected(state.error());
            // A container that restarts has ended once: it is not going to stay up. While it runs again the
            // engine tells 0 for its exit code; the next look finds it between two starts.
            verdict.failure.exited = !state->running || state->restart_count > 0;
            if (!state->running) {
                verdict.failure.exit_code = state->exit_code;
                verdict.failure.out_of_memory = state->out_of_memory;
                co_return co_await give_up(engine, target, std::move(verdict));
            }
            next_inspection = SteadyClock::now() + inspect_interval;
        }
        co_await sleep_for(pause_after(SteadyClock::now() - began));
    }
}

boost::asio::awaitable<std::optional<int>> ask_health(std::uint16_t host_port, int container_port,
                                                      std::string path, std::chrono::milliseconds deadline) {
    HealthTarget target;
    target.host_port = host_port;
    target.container_port = container_port;
    target.path = std::move(path);
    const auto answer = co_await net::send(make_attempt(target, deadline));
    if (!answer) co_return std::nullopt;
    co_return answer->status;
}

} // namespace panel::deployment
