#include "services/webhook/webhook_service.hpp"

#include "base/crash_point.hpp"
#include "database/database.hpp"
#include "database/project_repo.hpp"
#include "database/webhook_repo.hpp"
#include "services/deployment/deployment_service.hpp"
#include "services/webhook/push.hpp"
#include "services/webhook/signature.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace panel::webhook {
namespace {

// Git servers repeat a delivery within hours; by hand somebody may for weeks.
constexpr std::chrono::days delivery_memory{90};

std::unexpected<Error> not_signed() {
    return fail(Code::unauthorized, "The signature of this delivery is missing or wrong.");
}

crypto::SecretPlace place_of(std::int64_t project_id) {
    return {"projects", project_id, "webhook_secret", project_id};
}

// The push that this project deploys, or why none of them is.
std::string reason_to_ignore(const Project& project, const Event& event) {
    if (event.pushes.empty()) return event.ignored;
    const auto push = std::ranges::find(event.pushes, project.git_branch, &Push::branch);
    if (push == event.pushes.end()) {
        return fmt::format("The push was to {}; this project deploys {}.", event.pushes.front().branch,
                           project.git_branch);
    }
    if (push->commit_hash.empty()) return "The branch was deleted.";
    if (push->asks_to_skip) return "The commit asks not to be deployed.";
    if (!project.auto_deploy) return "This project does not deploy pushes by itself.";
    return {};
}

struct Loaded {
    Project project;
    std::string secret; // sealed
};

std::optional<Loaded> load(soci::session& session, const Principal& principal, std::int64_t project_id) {
    auto project = database::find_project(session, principal, project_id);
    if (!project) return std::nullopt;
    return Loaded{std::move(*project), database::webhook_secret_ciphertext(session, project_id)};
}

} // namespace

WebhookService::WebhookService(database::Database& database, const Clock& clock, const crypto::SecretBox& box,
                               deployment::DeploymentService& deployments, std::string public_url)
    : database_(database),
      clock_(clock),
      box_(box),
      deployments_(deployments),
      public_url_(std::move(public_url)) {}

asio::awaitable<Result<Outcome>> WebhookService::receive(Provider provider, std::int64_t project_id,
                                                         Delivery delivery) {
    if (!has_signature(provider, delivery)) co_return not_signed();
    // On the pool: a body may have megabytes to digest and to parse.
    auto read = [this, provider, project_id, &delivery](soci::session& session) -> Result<std::string> {
        const auto loaded = load(session, Principal::system(), project_id);
        if (!loaded) return not_signed();
        const auto secret = box_.open(loaded->secret, place_of(project_id));
        if (!secret) return std::unexpected(secret.error());
        if (!is_signed(provider, delivery, secret->reveal(), clock_.now())) return not_signed();
        const auto event = read_event(provider, delivery);
        if (!event) return std::unexpected(event.error());
        return reason_to_ignore(loaded->project, *event);
    };
    auto reason = co_await database_.read(std::move(read));
    if (!reason) {
        if (reason.error().code == Code::internal)
            spdlog::error("webhook: the secret of project {} cannot be decrypted", project_id);
        co_return std::unexpected(reason.error());
    }
    if (!reason->empty()) co_return Outcome{std::nullopt, std::move(*reason)};
    co_return co_await trigger(provider, project_id, delivery_id(provider, delivery));
}

// One transaction: the delivery counts as seen exactly when its deployment was accepted. The newest commit of
// the branch is deployed, not the one that the delivery names: an old delivery sent again cannot bring back
// an old release.
asio::awaitable<Result<Outcome>> WebhookService::trigger(Provider provider, std::int64_t project_id,
                                                         std::string id) {
    database::WebhookDelivery row{
        project_id, std::string(to_string(provider)), std::move(id), std::nullopt, "queued", clock_.now()};
    bool is_repeated = false;
    deployment::TriggerRequest request;
    request.triggered_by = Trigger::webhook;
    request.condition = [&row, &is_repeated](soci::session& session) {
        is_repeated = database::has_webhook_delivery(session, row.project_id, row.provider, row.delivery_id);
        return !is_repeated;
    };
    request.record = [&row](soci::session& session, std::int64_t deployment_id) {
        row.deployment_id = deployment_id;
        database::insert_webhook_delivery(session, row);
        database::forget_webhook_deliveries(session, row.received_at - delivery_memory);
        CRASH_POINT("webhook.delivery.written");
    };
    CRASH_POINT("webhook.delivery.verified");
    const auto triggered = co_await deployments_.trigger(Principal::system(), project_id, std::move(request));
    CRASH_POINT("webhook.delivery.accepted");
    Outcome outcome;
    if (is_repeated) {
        outcome.ignored = "duplicate";
        co_return outcome;
    }
    if (!triggered && triggered.error().code == Code::pinned) {
        outcome.ignored = "pinned";
        co_return outcome;
    }
    if (!triggered) co_return std::unexpected(triggered.error());
    outcome.deployment_id = triggered->row.deployment.id;
    co_return outcome;
}

asio::awaitable<Result<Connection>> WebhookService::connection(Principal principal, std::int64_t project_id) {
    auto read = [&principal, project_id](soci::session& session) {
        return load(session, principal, project_id);
    };
    const auto loaded = co_await database_.read(std::move(read));
    if (!loaded) co_return fail(Code::not_found, "There is no such project.");
    auto secret = box_.open(loaded->secret, place_of(project_id));
    if (!secret) co_return std::unexpected(secret.error());
    Connection connection{{}, std::move(*secret)};
    for (const auto& [provider, name] : provider_names) {
        connection.urls.emplace(name, fmt::format("{}/api/v1/webhooks/{}/{}", public_url_, name, project_id));
    }
    co_return connection;
}

} // namespace panel::webhook
