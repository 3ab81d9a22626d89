#include "api/handlers/deployment.hpp"

#include "api/cached.hpp"
#include "api/deployment_urls.hpp"
#include "api/handlers/page.hpp"
#include "api/query.hpp"
#include "services/deployment/deployment_service.hpp"

#include <utility>

namespace panel::api::handlers {

namespace asio = boost::asio;

namespace {

constexpr std::int64_t max_log_bytes = 1024 * 1024; // of one answer

using Rows = std::vector<DeploymentRow>;
using Page = wire::Page<wire::Deployment>;

std::optional<std::string> text_of(const auto& value) {
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

asio::awaitable<Page> make_page(Context& context, Rows rows, int limit) {
    Page page;
    page.next_cursor = cut_page(rows, limit, [](const DeploymentRow& row) { return row.deployment.id; });
    page.items = co_await to_wire(context.services(), rows);
    co_return page;
}

asio::awaitable<Result<Page>> make_project_page(Context& context) {
    const auto page = wire::parse_page_request(context.request.query);
    if (!page) co_return std::unexpected(page.error());
    auto rows = co_await context.services().deployment.list(context.principal, context.id("project_id"),
                                                            page->before, page->limit + 1);
    if (!rows) co_return std::unexpected(rows.error());
    co_return co_await make_page(context, std::move(*rows), page->limit);
}

asio::awaitable<Result<Page>> make_recent_page(Context& context) {
    const auto page = wire::parse_page_request(context.request.query);
    if (!page) co_return std::unexpected(page.error());
    auto rows =
        co_await context.services().deployment.list_recent(context.principal, page->before, page->limit + 1);
    co_return co_await make_page(context, std::move(rows), page->limit);
}

asio::awaitable<Result<wire::Deployment>> with_url(Context& context, Result<DeploymentDetail> detail) {
    if (!detail) co_return std::unexpected(detail.error());
    auto url = co_await deployment_url(context.services(), detail->row);
    co_return wire::to_wire(*detail, std::move(url));
}

asio::awaitable<Result<wire::Deployment>> make_deployment(Context& context) {
    auto detail = co_await context.services().deployment.find(context.principal, context.id("deployment_id"));
    co_return co_await with_url(context, std::move(detail));
}

asio::awaitable<Result<PlainText>> make_log(Context& context) {
    const auto offset = query_number(context.request.query, "offset", 0, 0, INT64_MAX);
    if (!offset) co_return std::unexpected(offset.error());
    const auto id = context.id("deployment_id");
    auto page =
        co_await context.services().deployment.read_log(context.principal, id, *offset, max_log_bytes);
    if (!page) co_return std::unexpected(page.error());
    if (*offset > page->slice.total) co_return fail_field("offset", "the log has no such place.");
    const auto next = page->slice.next_offset;
    PlainText answer{std::move(page->slice.bytes)};
    answer.headers.add("X-Log-Next-Offset", std::to_string(next));
    if (page->end) answer.headers.add("X-Log-End", "true");
    co_return answer;
}

// A log that still grows is asked for once.
bool is_complete(const PlainText& log) { return log.headers.has("X-Log-End"); }

} // namespace

asio::awaitable<Result<Shared<Page>>> list_project_deployments(Context& context) {
    return cached(context, &make_project_page);
}

asio::awaitable<Result<Shared<Page>>> list_deployments(Context& context) {
    return cached(context, &make_recent_page);
}

asio::awaitable<Result<wire::Deployment>> trigger_deployment(Context& context, wire::DeploymentInput body) {
    deployment::TriggerRequest request;
    request.branch = text_of(body.branch);
    request.commit_hash = text_of(body.commit_hash);
    request.release_pin = body.release_pin.value_or(false);
    const auto project_id = context.id("project_id");
    auto detail =
        co_await context.services().deployment.trigger(context.principal, project_id, std::move(request));
    co_return co_await with_url(context, std::move(detail));
}

asio::awaitable<Result<Shared<wire::Deployment>>> read_deployment(Context& context) {
    return cached(context, &make_deployment);
}

asio::awaitable<Result<wire::Deployment>> cancel_deployment(Context& context) {
    auto detail =
        co_await context.services().deployment.cancel(context.principal, context.id("deployment_id"));
    co_return co_await with_url(context, std::move(detail));
}

asio::awaitable<Result<wire::Deployment>> roll_back_deployment(Context& context, wire::RollbackInput body) {
    auto rollback = co_await context.services().deployment.roll_back(
        context.principal, context.id("deployment_id"), body.pin.value_or(true));
    if (!rollback) co_return std::unexpected(rollback.error());
    auto answer = co_await with_url(context, std::move(rollback->detail));
    if (answer) answer->not_restored = std::move(rollback->not_restored);
    co_return answer;
}

asio::awaitable<Result<Shared<PlainText>>> read_deployment_log(Context& context) {
    return cached(context, &make_log, &is_complete);
}

} // namespace panel::api::handlers
