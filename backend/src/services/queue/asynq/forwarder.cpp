#include "services/queue/asynq/forwarder.hpp"

#include "base/deadline.hpp"
#include "services/queue/asynq/keys.hpp"
#include "services/queue/asynq/message.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace panel::queue::asynq {

namespace {

constexpr std::chrono::milliseconds shortest_pause{5};

} // namespace

Forwarder::Forwarder(asio::any_io_executor executor, TaskStore& store)
    : store_(store), next_look_(executor, asio::steady_timer::time_point::max()) {}

void Forwarder::wake() {
    woken_ = true;
    next_look_.cancel();
}

asio::awaitable<void> Forwarder::run() {
    for (;;) {
        woken_ = false;
        co_await forward_all();
        if (woken_) continue;
        next_look_.expires_after(pause());
        co_await next_look_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

std::chrono::milliseconds Forwarder::pause() const {
    const auto longest = store_.settings().forward_interval;
    if (!next_due_) return longest;
    const Timestamp due{std::chrono::seconds{*next_due_}};
    return std::clamp(due - store_.clock().now(), shortest_pause, std::max(longest, shortest_pause));
}

asio::awaitable<void> Forwarder::forward_all() {
    next_due_.reset();
    for (const auto& [queue, weight] : store_.settings().queues) {
        for (auto source : {keys::scheduled(queue), keys::retry(queue)}) {
            auto forwarding = forward(queue, source);
            const auto forwarded = co_await std::move(forwarding);
            if (!forwarded && forwarded.error().code != Code::cancelled)
                spdlog::warn("{} cannot be forwarded now: {}", source, forwarded.error().message);
        }
    }
}

asio::awaitable<Result<void>> Forwarder::forward(std::string queue, std::string source) {
    for (;;) {
        auto forwarding = store_.forward(queue, source);
        const auto forwarded = co_await std::move(forwarding);
        if (!forwarded) co_return std::unexpected(forwarded.error());
        if (forwarded->count > 0) continue;
        if (forwarded->next_due)
            next_due_ = std::min(next_due_.value_or(*forwarded->next_due), *forwarded->next_due);
        co_return Result<void>{};
    }
}

} // namespace panel::queue::asynq
