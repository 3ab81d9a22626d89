#include "database/settings_repo.hpp"

#include "database/query.hpp"

namespace panel::database {
namespace {

constexpr const char* find_sql = "SELECT value FROM settings WHERE name = :name";
constexpr const char* put_sql = "INSERT INTO settings (name, value) VALUES (:name, :value) ON CONFLICT "
                                "(name) DO UPDATE SET value = excluded.value";

} // namespace

std::optional<std::string> find_setting(soci::session& session, const std::string& name) {
    std::string value;
    Query query(session, find_sql);
    if (!query.use(name).into(value).only()) return std::nullopt;
    return value;
}

void put_setting(soci::session& session, const std::string& name, const std::string& value) {
    Query query(session, put_sql);
    query.use(name, value).run();
}

} // namespace panel::database
