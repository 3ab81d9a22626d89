// The topics that tell the state of deployments: what is true when they are subscribed to, then each change.

#include "api/deployment_urls.hpp"
#include "api/json/deployment_json.hpp"
#include "api/socket/socket_session.hpp"
#include "services/deployment/deployment_service.hpp"

#include <functional>
#include <ranges>
#include <utility>

namespace panel::api {

namespace asio = boost::asio;

namespace {

// What a list's subscriber is told at first: enough that nothing is missed between loading the list and
// subscribing.
constexpr int newest_count = 20;
constexpr std::size_t most_remembered = 200; // deployments; the oldest are forgotten

} // namespace

asio::awaitable<void> SocketSession::serve_deployment(Shared subscription) {
    std::string last;
    while (!subscription->ended) {
        auto detail = co_await state_.services.deployment.find(caller_.principal, subscription->topic.id);
        if (!detail) co_return refuse(subscription, detail.error());
        const auto url = co_await deployment_url(state_.services, detail->row);
        auto message = state_message(subscription->name, wire::to_wire(*detail, url));
        if (message != last && !send(*subscription, message)) co_return;
        last = std::move(message);
        co_await subscription->wait();
    }
}

asio::awaitable<void> SocketSession::serve_deployments(Shared subscription) {
    if (!co_await send_newest(subscription)) co_return;
    while (!subscription->ended) {
        co_await subscription->wait();
        if (std::exchange(subscription->resync, false) && !co_await send_newest(subscription)) co_return;
        for (const auto id : std::exchange(subscription->changed, {}))
            co_await send_changed(subscription, id);
    }
}

asio::awaitable<bool> SocketSession::send_newest(Shared subscription) {
    auto& deployments = state_.services.deployment;
    std::vector<DeploymentRow> rows;
    if (subscription->topic.kind == Topic::Kind::projects) {
        rows = co_await deployments.list_recent(caller_.principal, 0, newest_count);
    } else {
        auto list = co_await deployments.list(caller_.principal, subscription->topic.id, 0, newest_count);
        if (!list) {
            refuse(subscription, list.error());
            co_return false;
        }
        rows = std::move(*list);
    }
    const auto out = co_await to_wire(state_.services, rows);
    // The newest comes last: it is the one that counts.
    for (const auto& deployment : out | std::views::reverse)
        if (is_news(*subscription, deployment) &&
            !send(*subscription, state_message(subscription->name, deployment)))
            co_return false;
    co_return true;
}

asio::awaitable<void> SocketSession::send_changed(Shared subscription, std::int64_t deployment_id) {
    const auto detail = co_await state_.services.deployment.find(caller_.principal, deployment_id);
    if (!detail) co_return; // somebody else's, or gone
    const auto url = co_await deployment_url(state_.services, detail->row);
    const auto deployment = wire::to_wire(detail->row, url);
    (void)is_news(*subscription, deployment);
    // Said in any case: somebody told of a change, perhaps of its project, and the row may be the same.
    send(*subscription, state_message(subscription->name, deployment));
}

// What the subscriber has been told already need not be said again when the whole list is read anew.
bool SocketSession::is_news(Subscription& subscription, const wire::Deployment& deployment) {
    const auto hash = std::hash<std::string>{}(state_message(subscription.name, deployment));
    const auto [told, is_first] = subscription.told.try_emplace(deployment.id, hash);
    if (!is_first && std::exchange(told->second, hash) == hash) return false;
    while (subscription.told.size() > most_remembered) subscription.told.erase(subscription.told.begin());
    return true;
}

} // namespace panel::api
