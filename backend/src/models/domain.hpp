#pragma once
// A host name that a project answers to. Plain data.

#include "base/clock.hpp"

#include <cstdint>
#include <string>

namespace panel {

struct Domain {
    std::int64_t id = 0;
    std::int64_t project_id = 0;
    std::string domain; // DomainName, unique on the server
    bool is_primary = false;
    bool tls = false;
    Timestamp created_at;
};

} // namespace panel
