#pragma once
// Waits until a new container answers: HTTP from outside the container to the project's health path; any
// answer below 500 is healthy. Ends early when the container does. Loop thread; cancellable.

#include "base/result.hpp"
#include "services/deployment/explain.hpp"
#include "services/docker/docker_engine.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace panel::deployment {

struct HealthTarget {
    std::string container;
    std::uint16_t host_port = 0; // on 127.0.0.1
    int container_port = 0;
    std::string path;
    std::chrono::seconds deadline{120};
    std::int64_t memory_limit_bytes = 0;
};

struct HealthVerdict {
    bool healthy = false;
    int status = 0;        // of the answer, when healthy
    HealthFailure failure; // when not
};

// An Error only when Docker itself does not answer.
boost::asio::awaitable<Result<HealthVerdict>> check_health(docker::DockerEngine& engine, HealthTarget target);

// One question to a container that should be up; nothing when no HTTP answer came within the deadline.
boost::asio::awaitable<std::optional<int>> ask_health(std::uint16_t host_port, int container_port,
                                                      std::string path, std::chrono::milliseconds deadline);

} // namespace panel::deployment
