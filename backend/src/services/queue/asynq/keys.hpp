#pragma once
// Every Redis key of Asynq's format (github.com/hibiken/asynq v0.26.0, internal/base), in one place. A
// queue's keys share its name in braces, so that a cluster keeps them on one node. Pure; any thread.

#include "base/clock.hpp"
#include "crypto/digest.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace panel::queue::asynq::keys {

constexpr std::string_view queues = "asynq:queues";         // set: names of queues
constexpr std::string_view servers = "asynq:servers";       // sorted set: server key -> when it expires
constexpr std::string_view workers = "asynq:workers";       // sorted set: workers key -> when it expires
constexpr std::string_view cancel_channel = "asynq:cancel"; // payload: the id of the task to cancel
// Ours, beside the format: the payload is the name of a queue that has just got work, or work for later.
constexpr std::string_view wake_channel = "vps-panel:queue:wake";
constexpr std::string_view due_channel = "vps-panel:queue:due";

[[nodiscard]] inline std::string of_queue(std::string_view queue, std::string_view rest) {
    return fmt::format("asynq:{{{}}}:{}", queue, rest);
}
[[nodiscard]] inline std::string pending(std::string_view queue) { return of_queue(queue, "pending"); }
[[nodiscard]] inline std::string active(std::string_view queue) { return of_queue(queue, "active"); }
[[nodiscard]] inline std::string lease(std::string_view queue) { return of_queue(queue, "lease"); }
[[nodiscard]] inline std::string scheduled(std::string_view queue) { return of_queue(queue, "scheduled"); }
[[nodiscard]] inline std::string retry(std::string_view queue) { return of_queue(queue, "retry"); }
[[nodiscard]] inline std::string archived(std::string_view queue) { return of_queue(queue, "archived"); }
[[nodiscard]] inline std::string completed(std::string_view queue) { return of_queue(queue, "completed"); }
[[nodiscard]] inline std::string paused(std::string_view queue) { return of_queue(queue, "paused"); }
[[nodiscard]] inline std::string groups(std::string_view queue) { return of_queue(queue, "groups"); }
[[nodiscard]] inline std::string group_prefix(std::string_view queue) { return of_queue(queue, "g:"); }
[[nodiscard]] inline std::string task_prefix(std::string_view queue) { return of_queue(queue, "t:"); }
[[nodiscard]] inline std::string task(std::string_view queue, std::string_view id) {
    return task_prefix(queue).append(id);
}
[[nodiscard]] inline std::string processed(std::string_view queue) { return of_queue(queue, "processed"); }
[[nodiscard]] inline std::string failed(std::string_view queue) { return of_queue(queue, "failed"); }
// Per UTC day: "asynq:{q}:processed:2026-01-31"
[[nodiscard]] inline std::string on_day(std::string counter, Timestamp now) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(now)};
    return fmt::format("{}:{:04}-{:02}-{:02}", counter, static_cast<int>(day.year()),
                       static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}
// No payload has an empty digest, as in Asynq's client when it is given nil.
[[nodiscard]] inline std::string unique(std::string_view queue, std::string_view type,
                                        std::string_view payload) {
    return of_queue(queue,
                    fmt::format("unique:{}:{}", type, payload.empty() ? "" : crypto::md5_hex(payload)));
}
// `server`: "host:pid:server id"
[[nodiscard]] inline std::string server(std::string_view name) {
    return fmt::format("asynq:servers:{{{}}}", name);
}
[[nodiscard]] inline std::string server_workers(std::string_view name) {
    return fmt::format("asynq:workers:{{{}}}", name);
}

} // namespace panel::queue::asynq::keys
