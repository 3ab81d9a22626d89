#include "database/lease_repo.hpp"

#include "database/columns.hpp"
#include "database/query.hpp"

namespace panel::database {
namespace {

constexpr const char* take_sql =
    "INSERT INTO leases (name, owner, held_until) VALUES (:name, :owner, :until) ON CONFLICT (name) DO "
    "UPDATE "
    "SET owner = excluded.owner, held_until = excluded.held_until WHERE leases.owner = excluded.owner OR "
    "leases.held_until <= :now";
constexpr const char* release_sql = "DELETE FROM leases WHERE name = :name AND owner = :owner";

} // namespace

bool take_lease(soci::session& session, const std::string& name, const std::string& owner,
                std::chrono::milliseconds duration, Timestamp now) {
    const Timestamp until = now + duration;
    Query query(session, take_sql);
    return query.use(name, owner, until, now).run() > 0;
}

void release_lease(soci::session& session, const std::string& name, const std::string& owner) {
    Query query(session, release_sql);
    query.use(name, owner).run();
}

} // namespace panel::database
