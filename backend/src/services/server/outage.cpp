#include "services/server/outage.hpp"

#include <soci/soci.h>

namespace panel::server {

bool is_database_outage(const std::exception& failure) {
    return dynamic_cast<const soci::soci_error*>(&failure) != nullptr;
}

} // namespace panel::server
