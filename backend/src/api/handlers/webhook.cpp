#include "api/handlers/webhook.hpp"

#include "models/text_rules.hpp"
#include "services/webhook/webhook_service.hpp"

#include <utility>

namespace panel::api::handlers {

namespace asio = boost::asio;

namespace {

// The first header of a name counts, as everywhere else.
webhook::Delivery delivery_of(const net::Request& request) {
    webhook::Delivery delivery;
    for (const auto& header : request.headers)
        delivery.headers.try_emplace(to_lower(header.name), header.value);
    delivery.body = request.body;
    return delivery;
}

std::string url_of(const webhook::Connection& connection, const std::string& provider) {
    const auto found = connection.urls.find(provider);
    return found == connection.urls.end() ? std::string{} : found->second;
}

} // namespace

asio::awaitable<Result<WithStatus<wire::WebhookOutcome>>> receive_webhook(Context& context) {
    const auto provider = webhook::parse_provider(context.path.text("provider"));
    if (!provider) co_return fail(Code::not_found, "");
    auto delivery = delivery_of(context.request);
    const auto outcome =
        co_await context.services().webhook.receive(*provider, context.id("project_id"), std::move(delivery));
    if (!outcome) co_return std::unexpected(outcome.error());
    WithStatus<wire::WebhookOutcome> answer;
    answer.status = outcome->deployment_id ? 202 : 200;
    if (outcome->deployment_id)
        answer.value.deployment_id = *outcome->deployment_id;
    else
        answer.value.ignored = outcome->ignored;
    co_return answer;
}

asio::awaitable<Result<wire::Webhook>> read_webhook(Context& context) {
    const auto found =
        co_await context.services().webhook.connection(context.principal, context.id("project_id"));
    if (!found) co_return std::unexpected(found.error());
    wire::WebhookUrls urls{url_of(*found, "github"), url_of(*found, "gitlab"), url_of(*found, "gitea"),
                           url_of(*found, "bitbucket")};
    co_return wire::Webhook{std::move(urls), found->secret.reveal()};
}

} // namespace panel::api::handlers
