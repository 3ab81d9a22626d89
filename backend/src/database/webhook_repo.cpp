#include "database/webhook_repo.hpp"

#include "database/columns.hpp"
#include "database/query.hpp"

namespace panel::database {
namespace {

constexpr const char* insert_sql =
    "INSERT INTO webhook_deliveries (project_id, provider, delivery_id, deployment_id, outcome, received_at) "
    "VALUES (:project, :provider, :delivery, :deployment, :outcome, :received) ON CONFLICT (project_id, "
    "provider, delivery_id) DO NOTHING";

} // namespace

bool insert_webhook_delivery(soci::session& session, const WebhookDelivery& delivery) {
    Query query(session, insert_sql);
    query.use(delivery.project_id, delivery.provider, delivery.delivery_id, delivery.deployment_id,
              delivery.outcome, delivery.received_at);
    return query.run() > 0;
}

} // namespace panel::database
