#include "database/webhook_repo.hpp"

#include "database/columns.hpp"
#include "database/query.hpp"

namespace panel::database {
namespace {

constexpr const char* find_sql = "SELECT 1 FROM webhook_deliveries WHERE project_id = :project AND provider "
                                 "= :provider AND delivery_id = :delivery";
constexpr const char* insert_sql =
    "INSERT INTO webhook_deliveries (project_id, provider, delivery_id, deployment_id, outcome, received_at) "
    "VALUES (:project, :provider, :delivery, :deployment, :outcome, :received) ON CONFLICT (project_id, "
    "provider, delivery_id) DO NOTHING";
// The oldest have the lowest ids: a few rows are looked at, however many there are.
constexpr const char* forget_sql = "DELETE FROM webhook_deliveries WHERE received_at < :before AND id < "
                                   "(SELECT MIN(id) FROM webhook_deliveries) + 10";

} // namespace

bool has_webhook_delivery(soci::session& session, std::int64_t project_id, const std::string& provider,
                          const std::string& delivery_id) {
    int one = 0;
    Query query(session, find_sql);
    return query.use(project_id, provider, delivery_id).into(one).only();
}

bool insert_webhook_delivery(soci::session& session, const WebhookDelivery& delivery) {
    Query query(session, insert_sql);
    query.use(delivery.project_id, delivery.provider, delivery.delivery_id, delivery.deployment_id,
              delivery.outcome, delivery.received_at);
    return query.run() > 0;
}

void forget_webhook_deliveries(soci::session& session, Timestamp before) {
    Query query(session, forget_sql);
    query.use(before);
    query.run();
}

} // namespace panel::database
