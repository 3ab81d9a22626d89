#include "services/queue/asynq/recoverer.hpp"

#include "base/deadline.hpp"
#include "services/queue/asynq/message.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace panel::queue::asynq {

namespace {

constexpr int most_rounds = 100; // of a hundred tasks each, in one look
constexpr std::string_view lease_text = "asynq: task lease expired";

} // namespace

asio::awaitable<void> Recoverer::run() {
    for (;;) {
        co_await recover_all();
        co_await sleep_for(store_.settings().recover_interval);
    }
}

asio::awaitable<void> Recoverer::recover_all() {
    for (const auto& [queue, weight] : store_.settings().queues) {
        auto recovering = recover(queue);
        const auto recovered = co_await std::move(recovering);
        if (!recovered && recovered.error().code != Code::cancelled)
            spdlog::warn("queue {} cannot be recovered now: {}", queue, recovered.error().message);
    }
}

asio::awaitable<Result<void>> Recoverer::recover(std::string queue) {
    for (int round = 0; round < most_rounds; ++round) {
        auto recovering = recover_some(queue);
        const auto moved = co_await std::move(recovering);
        if (!moved) co_return std::unexpected(moved.error());
        if (*moved == 0) break;
    }
    auto adopting = adopt(queue);
    co_return co_await std::move(adopting);
}

// How many were moved or dropped.
asio::awaitable<Result<std::size_t>> Recoverer::recover_some(std::string queue) {
    const auto cutoff = unix_seconds(store_.clock().now() - store_.settings().grace);
    auto listing = store_.list_expired(queue, cutoff);
    auto found = co_await std::move(listing);
    if (!found) co_return std::unexpected(found.error());
    std::size_t moved = 0;
    for (auto& task : *found) {
        const auto id = task.id;
        if (!task.message) {
            spdlog::warn("queue {} held the id {} without a task behind it: dropped", queue, error_text(id));
            ++moved;
            continue;
        }
        auto applying = store_.apply(step_for(queue, std::move(task), cutoff));
        const auto applied = co_await std::move(applying);
        if (!applied) co_return std::unexpected(applied.error());
        if (!*applied) continue; // somebody was quicker
        spdlog::info("task {} of queue {} is recovered: its worker went silent", error_text(id), queue);
        ++moved;
    }
    co_return moved;
}

Step Recoverer::step_for(const std::string& queue, Found task, std::int64_t cutoff) const {
    auto judged = std::move(*task.message);
    auto message = decode(judged);
    if (!message || message->id() != task.id || message->queue() != queue) {
        spdlog::error("task {} of queue {} cannot be read: archived", error_text(task.id), queue);
        auto step = store_.archive_raw(queue, std::move(task.id), judged);
        return TaskStore::as_recovery(std::move(step), cutoff, std::move(judged));
    }
    const auto now = store_.clock().now();
    const Error error{Code::unavailable, std::string(lease_text), {}};
    message->set_error_msg(error_text(error.message));
    message->set_last_failed_at(unix_seconds(now));
    Step step;
    if (message->retried() >= message->retry()) {
        step = store_.archive(*message);
    } else {
        const bool is_failure = store_.settings().is_failure(error);
        const auto delay = store_.settings().retry_delay(message->retried());
        if (is_failure) message->set_retried(message->retried() + 1);
        step = store_.retry(*message, now + delay, is_failure);
    }
    return TaskStore::as_recovery(std::move(step), cutoff, std::move(judged));
}

asio::awaitable<Result<void>> Recoverer::adopt(std::string queue) {
    auto adopting = store_.adopt(queue, std::exchange(suspects_[queue], {}));
    auto suspects = co_await std::move(adopting);
    if (!suspects) co_return std::unexpected(suspects.error());
    suspects_[queue] = std::move(*suspects);
    co_return Result<void>{};
}

} // namespace panel::queue::asynq
