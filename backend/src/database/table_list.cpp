#include "database/table_list.hpp"

#include "database/migrator.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace panel::database {
namespace {

TableColumn::Kind kind_of(const std::string& type) {
    if (type == "TEXT") return TableColumn::Kind::text;
    if (type == "BIGINT" || type == "INTEGER") return TableColumn::Kind::whole;
    if (type == "DOUBLE PRECISION") return TableColumn::Kind::real;
    throw std::logic_error("a column has the type " + type + ", which cannot be copied");
}

Table read_table(soci::session& session, const std::string& name) {
    Table table{.name = name, .columns = {}, .key = {}};
    std::map<int, std::size_t> key;
    std::string column;
    std::string type;
    int place = 0; // in the primary key, from 1
    soci::statement statement =
        (session.prepare << "SELECT name, type, pk FROM pragma_table_info('" + name + "') ORDER BY cid",
         soci::into(column), soci::into(type), soci::into(place));
    statement.execute();
    while (statement.fetch()) {
        if (place > 0) key[place] = table.columns.size();
        if (place > 0 && type == "INTEGER") table.has_own_ids = true; // what {{id}} becomes, alone
        table.columns.push_back({column, kind_of(type)});
    }
    for (const auto& [at, position] : key) table.key.push_back(position);
    if (table.key.empty()) throw std::logic_error("the table " + name + " has no primary key");
    return table;
}

std::vector<std::string> names(soci::session& session, const std::string& sql) {
    std::vector<std::string> out;
    std::string name;
    soci::statement statement = (session.prepare << sql, soci::into(name));
    statement.execute();
    while (statement.fetch()) out.push_back(name);
    return out;
}

} // namespace

std::string Table::column_list() const {
    std::string list;
    for (const auto& column : columns) list += (list.empty() ? "" : ", ") + column.name;
    return list;
}

std::vector<Table> list_tables() {
    soci::session session(soci::sqlite3, "dbname=:memory:");
    migrate(session, embedded_migrations());
    auto waiting =
        names(session, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
                       "AND name <> 'schema_migrations' ORDER BY name");
    std::vector<Table> tables;
    std::set<std::string> done;
    while (!waiting.empty()) {
        const auto is_free = [&](const std::string& name) {
            const auto parents =
                names(session, "SELECT \"table\" FROM pragma_foreign_key_list('" + name + "')");
            return std::ranges::all_of(
                parents, [&](const auto& parent) { return parent == name || done.contains(parent); });
        };
        const auto next = std::ranges::find_if(waiting, is_free);
        if (next == waiting.end()) throw std::logic_error("the tables refer to each other in a circle");
        tables.push_back(read_table(session, *next));
        done.insert(*next);
        waiting.erase(next);
    }
    return tables;
}

} // namespace panel::database
