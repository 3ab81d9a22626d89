#include "services/server/outage.hpp"

#include "database/outage.hpp"

namespace panel::server {

std::optional<Error> database_outage(const std::exception& failure) {
    const auto* outage = dynamic_cast<const database::Outage*>(&failure);
    if (!outage) return std::nullopt;
    return Error{Code::unavailable, outage->words(), {}};
}

} // namespace panel::server
