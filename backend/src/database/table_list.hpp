#pragma once
// The tables of the current schema with their columns, parents before children, as the migrations make them:
// read from an empty SQLite database in memory, so that the list cannot differ from the migrations. Blocks
// shortly.

#include <string>
#include <vector>

namespace panel::database {

struct TableColumn {
    enum class Kind { text, whole, real };

    std::string name;
    Kind kind = Kind::text;
};

struct Table {
    std::string name;
    std::vector<TableColumn> columns;
    std::vector<std::size_t> key; // positions of the primary key's columns, in its order
    bool has_own_ids = false;     // {{id}}: the database gives the numbers

    [[nodiscard]] std::string column_list() const; // "a, b, c"
};

// Without schema_migrations.
[[nodiscard]] std::vector<Table> list_tables();

} // namespace panel::database
