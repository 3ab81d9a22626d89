#include "database/domain_repo.hpp"

#include "database/columns.hpp"
#include "database/id_list.hpp"
#include "database/query.hpp"

namespace panel::database {
namespace {

#define DOMAIN_COLUMNS "SELECT id, project_id, domain, is_primary, tls, created_at FROM domains "
constexpr const char* list_sql = DOMAIN_COLUMNS "WHERE project_id = :project ORDER BY is_primary DESC, id";
constexpr const char* list_all_sql = DOMAIN_COLUMNS "ORDER BY project_id, is_primary DESC, id";
constexpr const char* find_sql = DOMAIN_COLUMNS "WHERE id = :id AND project_id = :project";
constexpr const char* list_of_one_sql =
    DOMAIN_COLUMNS "WHERE project_id IN (:a0) ORDER BY project_id, is_primary DESC, id";
constexpr const char* list_of_many_sql =
    DOMAIN_COLUMNS "WHERE project_id IN " FIFTY_IDS " ORDER BY project_id, is_primary DESC, id";
#undef DOMAIN_COLUMNS
constexpr const char* find_owner_sql = "SELECT project_id FROM domains WHERE domain = :domain";
constexpr const char* insert_sql =
    "INSERT INTO domains (project_id, domain, is_primary, tls, created_at) "
    "VALUES (:project, :domain, :is_primary, :tls, :created) ON CONFLICT (domain) DO NOTHING RETURNING id";
constexpr const char* clear_primary_sql =
    "UPDATE domains SET is_primary = 0 WHERE project_id = :project AND id <> :id AND is_primary = 1";
constexpr const char* update_sql =
    "UPDATE domains SET is_primary = :is_primary, tls = :tls WHERE id = :id AND project_id = :project";
constexpr const char* delete_sql = "DELETE FROM domains WHERE id = :id AND project_id = :project";

void select_into(Query& query, Domain& domain) {
    query.into(domain.id, domain.project_id, domain.domain, domain.is_primary, domain.tls, domain.created_at);
}

void clear_other_primaries(soci::session& session, std::int64_t project_id, std::int64_t id) {
    Query query(session, clear_primary_sql);
    query.use(project_id, id).run();
}

} // namespace

std::vector<Domain> list_domains(soci::session& session, std::int64_t project_id) {
    std::vector<Domain> domains;
    Domain domain;
    Query query(session, list_sql);
    query.use(project_id);
    select_into(query, domain);
    while (query.next()) domains.push_back(domain);
    return domains;
}

std::map<std::int64_t, std::vector<Domain>> list_domains_of(soci::session& session,
                                                            const std::vector<std::int64_t>& project_ids) {
    std::map<std::int64_t, std::vector<Domain>> domains;
    for (const auto& ids : in_groups(project_ids)) {
        Domain domain;
        Query query(session, ids.size() == 1 ? list_of_one_sql : list_of_many_sql);
        for (const auto& id : ids) query.use(id);
        select_into(query, domain);
        while (query.next()) domains[domain.project_id].push_back(domain);
    }
    return domains;
}

std::map<std::int64_t, std::vector<Domain>> list_all_domains(soci::session& session) {
    std::map<std::int64_t, std::vector<Domain>> domains;
    Domain domain;
    Query query(session, list_all_sql);
    select_into(query, domain);
    while (query.next()) domains[domain.project_id].push_back(domain);
    return domains;
}

std::optional<Domain> find_domain(soci::session& session, std::int64_t project_id, std::int64_t id) {
    Domain domain;
    Query query(session, find_sql);
    query.use(id, project_id);
    select_into(query, domain);
    if (!query.only()) return std::nullopt;
    return domain;
}

std::optional<std::int64_t> find_domain_owner(soci::session& session, const std::string& domain) {
    std::int64_t owner = 0;
    Query query(session, find_owner_sql);
    if (!query.use(domain).into(owner).only()) return std::nullopt;
    return owner;
}

Result<std::int64_t> insert_domain(soci::session& session, const Domain& domain) {
    std::int64_t id = 0;
    Query query(session, insert_sql);
    query.use(domain.project_id, domain.domain, domain.is_primary, domain.tls, domain.created_at).into(id);
    if (!query.only()) {
        auto taken = fail_field("domain", "this domain is in use on this server already.");
        taken.error().code = Code::conflict;
        return taken;
    }
    if (domain.is_primary) clear_other_primaries(session, domain.project_id, id);
    return id;
}

void update_domain(soci::session& session, const Domain& domain) {
    Query query(session, update_sql);
    query.use(domain.is_primary, domain.tls, domain.id, domain.project_id).run();
    if (domain.is_primary) clear_other_primaries(session, domain.project_id, domain.id);
}

bool delete_domain(soci::session& session, std::int64_t project_id, std::int64_t id) {
    Query query(session, delete_sql);
    return query.use(id, project_id).run() > 0;
}

} // namespace panel::database
