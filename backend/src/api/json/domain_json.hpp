#pragma once
// Domains of a project as they go over the wire. Plain data.

#include "api/json/field_types.hpp"
#include "base/clock.hpp"
#include "models/domain.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace panel::api::wire {

struct Domain {
    static constexpr std::string_view schema_name = "Domain";
    std::int64_t id = 0;
    std::int64_t project_id = 0;
    std::string domain;
    bool is_primary = false;
    bool tls = false;
    Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(Domain, (), (id, project_id, domain, is_primary, tls, created_at))

struct DomainInput {
    static constexpr std::string_view schema_name = "DomainInput";
    json::Text<300> domain;
    std::optional<bool> is_primary;
    std::optional<bool> tls;
};
BOOST_DESCRIBE_STRUCT(DomainInput, (), (domain, is_primary, tls))

struct DomainPatch {
    static constexpr std::string_view schema_name = "DomainPatch";
    json::Maybe<bool> is_primary;
    json::Maybe<bool> tls;
};
BOOST_DESCRIBE_STRUCT(DomainPatch, (), (is_primary, tls))

[[nodiscard]] inline Domain to_wire(const panel::Domain& domain) {
    return {domain.id, domain.project_id, domain.domain, domain.is_primary, domain.tls, domain.created_at};
}

} // namespace panel::api::wire
