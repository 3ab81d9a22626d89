#pragma once
// Rows of `domains`. Functions block; call them inside Database::read or ::write.

#include "base/result.hpp"
#include "models/domain.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace panel::database {

[[nodiscard]] std::vector<Domain> list_domains(soci::session& session,
                                               std::int64_t project_id); // primary first, then by id
// Of each of the projects that has any, by project id.
[[nodiscard]] std::map<std::int64_t, std::vector<Domain>>
list_domains_of(soci::session& session, const std::vector<std::int64_t>& project_ids);
[[nodiscard]] std::map<std::int64_t, std::vector<Domain>> list_all_domains(soci::session& session);
[[nodiscard]] std::optional<Domain> find_domain(soci::session& session, std::int64_t project_id,
                                                std::int64_t id);
[[nodiscard]] std::optional<std::int64_t> find_domain_owner(soci::session& session,
                                                            const std::string& domain); // project id
Result<std::int64_t> insert_domain(soci::session& session, const Domain& domain);       // conflict: taken
void update_domain(soci::session& session, const Domain& domain); // is_primary (clears the others'), tls
bool delete_domain(soci::session& session, std::int64_t project_id, std::int64_t id);

} // namespace panel::database
