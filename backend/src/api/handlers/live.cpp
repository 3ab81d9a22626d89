#include "api/handlers/live.hpp"

#include "api/query.hpp"
#include "base/utf8.hpp"
#include "services/deployment/live_release.hpp"

namespace panel::api::handlers {

namespace asio = boost::asio;

asio::awaitable<Result<PlainText>> read_live_log(Context& context) {
    const auto tail = query_number(context.request.query, "tail", 500, 1, 10'000);
    if (!tail) co_return std::unexpected(tail.error());
    const auto project_id = context.id("project_id");
    const auto log =
        co_await context.services().live.log(context.principal, project_id, static_cast<int>(*tail));
    if (!log) co_return std::unexpected(log.error());
    co_return PlainText{to_valid_utf8(*log)};
}

asio::awaitable<Result<wire::Metrics>> read_live_metrics(Context& context) {
    const auto metrics =
        co_await context.services().live.metrics(context.principal, context.id("project_id"));
    if (!metrics) co_return std::unexpected(metrics.error());
    const bool is_live = !metrics->slot.empty() && metrics->slot != "none";
    co_return wire::Metrics{metrics->cpu_percent,
                            metrics->memory_bytes,
                            metrics->memory_limit_bytes,
                            metrics->running,
                            is_live ? std::optional(metrics->slot) : std::nullopt,
                            metrics->open_requests};
}

} // namespace panel::api::handlers
