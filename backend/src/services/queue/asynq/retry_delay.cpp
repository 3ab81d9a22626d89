#include "services/queue/asynq/settings.hpp"

#include <algorithm>
#include <random>

namespace panel::queue::asynq {

milliseconds default_retry_delay(int retried) {
    static std::minstd_rand generator{std::random_device{}()};
    const std::int64_t n = std::clamp(retried, 0, 1'000);
    const auto r = std::uniform_int_distribution<std::int64_t>(0, 29)(generator);
    return seconds{n * n * n * n + 15 + r * (n + 1)};
}

} // namespace panel::queue::asynq
