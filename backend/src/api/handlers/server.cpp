#include "api/handlers/server.hpp"

#include "api/metrics.hpp"
#include "api/openapi.hpp"
#include "api/socket/socket_registry.hpp"
#include "services/server/readiness.hpp"
#include "services/server/record_counts.hpp"
#include "services/server/server_status.hpp"

namespace panel::api::handlers {

namespace asio = boost::asio;

asio::awaitable<Result<wire::ServerStatus>> server_status(Context& context) {
    const auto status = context.services().server.read();
    const auto& settings = context.state.settings;
    const auto& apps = settings.app_limits;
    const auto& builds = settings.build_limits;
    wire::ServerStatus answer{status.hostname,
                              settings.version,
                              status.cpu_percent,
                              status.cpu_count,
                              status.memory_used_bytes,
                              status.memory_total_bytes,
                              status.disk_used_bytes,
                              status.disk_total_bytes,
                              status.warnings,
                              {apps.memory_mb, apps.cpus, apps.processes},
                              {builds.memory_mb, builds.cpus, builds.processes, settings.build_slots}};
    co_return answer;
}

asio::awaitable<Result<wire::Health>> health(Context& context) {
    co_return wire::Health{"ok", context.state.settings.version};
}

asio::awaitable<Result<WithStatus<wire::Readiness>>> readiness(Context& context) {
    const auto checks = co_await context.services().readiness.check();
    WithStatus<wire::Readiness> answer{200, {"ready", {}}};
    for (const auto& check : checks) {
        answer.value.checks[check.name] = check.problem.empty() ? "ok" : check.problem;
        if (check.problem.empty()) continue;
        answer.status = 503;
        answer.value.status = "not_ready";
    }
    co_return answer;
}

asio::awaitable<Result<PlainText>> metrics(Context& context) {
    const auto counts = co_await context.services().counts.read();
    co_return PlainText{context.state.metrics.text(counts, context.state.sockets.size())};
}

asio::awaitable<Result<net::Response>> openapi(Context& context) {
    static const auto document = StoredAnswer::of("application/json", {}, openapi_document());
    co_return stored_response(context.request, document);
}

} // namespace panel::api::handlers
