#include "services/queue/asynq/heartbeat.hpp"

#include "base/deadline.hpp"
#include "services/queue/asynq/keys.hpp"
#include "services/queue/asynq/message.hpp"
#include "services/queue/asynq/scripts.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <map>
#include <utility>

namespace panel::queue::asynq {

namespace {

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
    return error_text(name.data());
}

void set(Instant& to, Timestamp time) {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    to.set_seconds(second.time_since_epoch().count());
    to.set_nanos(static_cast<std::int32_t>(std::chrono::nanoseconds(time - second).count()));
}

} // namespace

Heartbeat::Heartbeat(TaskStore& store, const Worker& worker)
    : store_(store),
      worker_(worker),
      host_(host_name()),
      server_id_(random_uuid()),
      name_(fmt::format("{}:{}:{}", host_, ::getpid(), server_id_)),
      started_(store.clock().now()) {}

asio::awaitable<void> Heartbeat::run() {
    for (;;) {
        co_await beat();
        co_await sleep_for(store_.settings().heartbeat);
    }
}

// Leases first: they are what somebody waits for.
asio::awaitable<void> Heartbeat::beat() {
    co_await keep_leases();
    co_await say();
}

std::vector<std::string> Heartbeat::description() const {
    const auto& settings = store_.settings();
    const auto lives = seconds_of(settings.heartbeat * 2);
    ServerInfo server;
    server.set_host(host_);
    server.set_pid(::getpid());
    server.set_server_id(server_id_);
    server.set_concurrency(static_cast<std::int32_t>(settings.concurrency));
    for (const auto& [name, weight] : settings.queues) {
        auto& entry = *server.add_queues();
        entry.set_queue(name);
        entry.set_weight(weight);
    }
    server.set_strict_priority(settings.strict);
    server.set_status(worker_.is_stopping() ? "closed" : "active");
    set(*server.mutable_start_time(), started_);
    server.set_active_worker_count(static_cast<std::int32_t>(worker_.running().size()));
    std::vector<std::string> arguments{std::to_string(lives), server.SerializeAsString()};
    for (const auto& task : worker_.running()) {
        WorkerInfo worker;
        worker.set_host(host_);
        worker.set_pid(::getpid());
        worker.set_server_id(server_id_);
        worker.set_task_id(task->message.id());
        worker.set_task_type(error_text(task->message.type())); // Asynq's page reads valid UTF-8 only
        worker.set_task_payload(task->message.payload());
        worker.set_queue(task->message.queue());
        set(*worker.mutable_start_time(), task->started);
        set(*worker.mutable_deadline(), task->ends);
        arguments.insert(arguments.end(), {task->message.id(), worker.SerializeAsString()});
    }
    return arguments;
}

asio::awaitable<void> Heartbeat::say() {
    auto& redis = store_.redis();
    const auto server = keys::server(name_);
    const auto workers = keys::server_workers(name_);
    const auto expiry =
        std::to_string(unix_seconds(store_.clock().now()) + seconds_of(store_.settings().heartbeat * 2));
    auto listing =
        redis.call(std::string(keys::servers), {"ZADD", std::string(keys::servers), expiry, server});
    const auto listed = co_await std::move(listing);
    if (!listed) co_return; // the connection says in the log what is wrong; the next beat tries again
    auto listing_workers =
        redis.call(std::string(keys::workers), {"ZADD", std::string(keys::workers), expiry, workers});
    co_await std::move(listing_workers);
    std::vector<std::string> script_keys{server, workers};
    auto describing = redis.run(scripts::heartbeat(), std::move(script_keys), description());
    co_await std::move(describing);
}

// The local end of a lease counts from before the call: Redis cannot have written it earlier.
asio::awaitable<void> Heartbeat::keep_leases() {
    const auto& lease = store_.settings().lease;
    std::map<std::string, RunningTasks> by_queue;
    for (const auto& task : worker_.running())
        if (task->holds_lease()) by_queue[task->message.queue()].push_back(task);
    for (const auto& [queue, tasks] : by_queue) {
        const auto asked_at = std::chrono::steady_clock::now();
        const auto score = unix_seconds_rounded_up(store_.clock().now() + lease);
        std::vector<std::string> ids;
        for (const auto& task : tasks) {
            ids.push_back(task->message.id());
            task->lease_score = std::max(task->lease_score, score); // even if the answer is lost
        }
        auto extending = store_.extend(queue, std::move(ids), score);
        const auto extended = co_await std::move(extending);
        if (!extended) {
            spdlog::warn("leases of queue {} could not be extended: {}", queue, extended.error().message);
            continue;
        }
        for (const auto& task : tasks) task->lease_ends = std::max(task->lease_ends, asked_at + lease);
    }
}

asio::awaitable<void> Heartbeat::clear() {
    auto& redis = store_.redis();
    const auto server = keys::server(name_);
    const auto workers = keys::server_workers(name_);
    auto unlisting = redis.call(std::string(keys::servers), {"ZREM", std::string(keys::servers), server});
    co_await std::move(unlisting);
    auto unlisting_workers =
        redis.call(std::string(keys::workers), {"ZREM", std::string(keys::workers), workers});
    co_await std::move(unlisting_workers);
    auto deleting = redis.call(server, {"DEL", server, workers});
    co_await std::move(deleting);
}

} // namespace panel::queue::asynq
