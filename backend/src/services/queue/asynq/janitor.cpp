#include "services/queue/asynq/janitor.hpp"

#include "base/deadline.hpp"

#include <spdlog/spdlog.h>

namespace panel::queue::asynq {

asio::awaitable<void> Janitor::run() {
    for (;;) {
        co_await clean_all();
        co_await sleep_for(store_.settings().janitor_interval);
    }
}

asio::awaitable<void> Janitor::clean_all() {
    for (const auto& [queue, weight] : store_.settings().queues) {
        for (bool more = true; more;) {
            auto dropping = store_.drop_completed(queue);
            const auto dropped = co_await std::move(dropping);
            if (!dropped && dropped.error().code != Code::cancelled)
                spdlog::warn("queue {} cannot be cleaned now: {}", queue, dropped.error().message);
            more = dropped && *dropped > 0;
        }
    }
}

} // namespace panel::queue::asynq
