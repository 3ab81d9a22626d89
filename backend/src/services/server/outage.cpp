#include "services/server/outage.hpp"

#include "database/outage.hpp"

namespace panel::server {

bool is_database_outage(const std::exception& failure) {
    return dynamic_cast<const database::Outage*>(&failure) != nullptr;
}

} // namespace panel::server
