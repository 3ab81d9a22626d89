#pragma once
// Rows of `webhook_deliveries`: which deliveries have been seen. Functions block; call them inside
// Database::read or ::write.

#include "base/clock.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <optional>
#include <string>

namespace panel::database {

struct WebhookDelivery {
    std::int64_t project_id = 0;
    std::string provider;
    std::string delivery_id;
    std::optional<std::int64_t> deployment_id;
    std::string outcome; // "queued" or why it was ignored
    Timestamp received_at;
};

[[nodiscard]] bool has_webhook_delivery(soci::session& session, std::int64_t project_id,
                                        const std::string& provider, const std::string& delivery_id);
// False when this delivery has been recorded before.
bool insert_webhook_delivery(soci::session& session, const WebhookDelivery& delivery);
// Up to ten that were received before: called for each new one, it keeps the table from growing for ever.
void forget_webhook_deliveries(soci::session& session, Timestamp before);

} // namespace panel::database
