#include "database/copy.hpp"

#include "base/utf8.hpp"
#include "database/dialect.hpp"
#include "database/table_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <stdexcept>

namespace panel::database {
namespace {

constexpr int batch_rows = 500;

struct Cell {
    std::string text;
    long long whole = 0;
    double real = 0;
    soci::indicator state = soci::i_ok;
};
using Row = std::vector<Cell>; // by column

void read_into(soci::statement& statement, const Table& table, Row& row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        auto& cell = row[i];
        switch (table.columns[i].kind) {
        case TableColumn::Kind::text: statement.exchange(soci::into(cell.text, cell.state)); break;
        case TableColumn::Kind::whole: statement.exchange(soci::into(cell.whole, cell.state)); break;
        case TableColumn::Kind::real: statement.exchange(soci::into(cell.real, cell.state)); break;
        }
    }
}

void bind(soci::statement& statement, const TableColumn& column, Cell& cell) {
    switch (column.kind) {
    case TableColumn::Kind::text: statement.exchange(soci::use(cell.text, cell.state)); break;
    case TableColumn::Kind::whole: statement.exchange(soci::use(cell.whole, cell.state)); break;
    case TableColumn::Kind::real: statement.exchange(soci::use(cell.real, cell.state)); break;
    }
}

bool same(const Table& table, const Row& a, const Row& b) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (a[i].state != b[i].state) return false;
        if (a[i].state == soci::i_null) continue;
        switch (table.columns[i].kind) {
        case TableColumn::Kind::text:
            if (a[i].text != b[i].text) return false;
            break;
        case TableColumn::Kind::whole:
            if (a[i].whole != b[i].whole) return false;
            break;
        case TableColumn::Kind::real:
            if (std::bit_cast<std::uint64_t>(a[i].real) != std::bit_cast<std::uint64_t>(b[i].real))
                return false;
            break;
        }
    }
    return true;
}

// The rows of a table in the order of its key, some hundred at a time: SOCI keeps a whole answer of
// PostgreSQL in memory.
class Reader {
  public:
    Reader(soci::session& session, const Table& table) : table_(table), row_(table.columns.size()) {
        std::string keys;
        std::string marks;
        for (const auto at : table.key) {
            const auto comma = keys.empty() ? "" : ", ";
            keys += comma + table.columns[at].name;
            marks += comma + (":" + table.columns[at].name);
        }
        const auto select = "SELECT " + table.column_list() + " FROM " + table.name;
        const auto order = fmt::format(" ORDER BY {} LIMIT {}", keys, batch_rows);
        prepare(session, first_, select + order);
        prepare(session, next_, fmt::format("{} WHERE ({}) > ({}){}", select, keys, marks, order));
        last_.resize(table.key.size());
        for (std::size_t i = 0; i < last_.size(); ++i) bind(*next_, table.columns[table.key[i]], last_[i]);
        first_->define_and_bind();
        next_->define_and_bind();
    }

    // Empty when there are no more.
    std::vector<Row> batch() {
        std::vector<Row> rows;
        auto& statement = started_ ? *next_ : *first_;
        started_ = true;
        for (bool more = statement.execute(true); more; more = statement.fetch()) rows.push_back(row_);
        if (!rows.empty()) {
            for (std::size_t i = 0; i < last_.size(); ++i) last_[i] = rows.back()[table_.key[i]];
        }
        return rows;
    }

  private:
    void prepare(soci::session& session, std::optional<soci::statement>& statement, const std::string& sql) {
        statement.emplace(session);
        statement->alloc();
        statement->prepare(sql);
        read_into(*statement, table_, row_);
    }

    const Table& table_;
    Row row_;
    Row last_; // the key of the last row
    std::optional<soci::statement> first_;
    std::optional<soci::statement> next_;
    bool started_ = false;
};

class Writer {
  public:
    Writer(soci::session& session, const Table& table) : row_(table.columns.size()), statement_(session) {
        std::string marks;
        for (const auto& column : table.columns) marks += (marks.empty() ? ":" : ", :") + column.name;
        statement_.alloc();
        statement_.prepare(
            fmt::format("INSERT INTO {} ({}) VALUES ({})", table.name, table.column_list(), marks));
        for (std::size_t i = 0; i < row_.size(); ++i) bind(statement_, table.columns[i], row_[i]);
        statement_.define_and_bind();
    }
    void write(const Row& row) {
        row_ = row;
        statement_.execute(true);
    }

  private:
    Row row_;
    soci::statement statement_;
};

// Finds a row by its key.
class Finder {
  public:
    Finder(soci::session& session, const Table& table)
        : table_(table), row_(table.columns.size()), key_(table.key.size()), statement_(session) {
        std::string where;
        for (const auto at : table.key)
            where += fmt::format("{}{} = :{}", where.empty() ? "" : " AND ", table.columns[at].name,
                                 table.columns[at].name);
        statement_.alloc();
        statement_.prepare(fmt::format("SELECT {} FROM {} WHERE {}", table.column_list(), table.name, where));
        read_into(statement_, table, row_);
        for (std::size_t i = 0; i < key_.size(); ++i) bind(statement_, table.columns[table.key[i]], key_[i]);
        statement_.define_and_bind();
    }
    const Row* find(const Row& row) {
        for (std::size_t i = 0; i < key_.size(); ++i) key_[i] = row[table_.key[i]];
        if (!statement_.execute(true)) return nullptr;
        const Row found = row_;
        while (statement_.fetch()) throw std::logic_error("two rows with one key in " + table_.name);
        row_ = found;
        return &row_;
    }

  private:
    const Table& table_;
    Row row_;
    Row key_;
    soci::statement statement_;
};

// As it may stand in both. True when something was changed.
bool mend(const Table& table, Row& row) {
    bool changed = false;
    for (std::size_t i = 0; i < row.size(); ++i) {
        auto& text = row[i].text;
        if (table.columns[i].kind != TableColumn::Kind::text || row[i].state == soci::i_null ||
            is_valid_utf8(text))
            continue;
        text = table.name == "log_chunks" ? to_valid_utf8_of_same_length(text) : to_valid_utf8(text);
        changed = true;
    }
    return changed;
}

std::int64_t count_rows(soci::session& session, const std::string& table) {
    long long count = 0;
    session << "SELECT COUNT(*) FROM " + table, soci::into(count);
    return count;
}

CopiedTable copy_table(soci::session& from, soci::session& to, const Table& table) {
    CopiedTable done{table.name};
    Reader reader(from, table);
    Writer writer(to, table);
    for (auto rows = reader.batch(); !rows.empty(); rows = reader.batch()) {
        for (auto& row : rows) {
            if (mend(table, row)) ++done.mended;
            writer.write(row);
            ++done.rows;
        }
    }
    return done;
}

void compare_table(soci::session& from, soci::session& to, const Table& table, std::int64_t rows) {
    if (count_rows(to, table.name) != rows || count_rows(from, table.name) != rows)
        throw std::runtime_error(fmt::format("The table {} has not as many rows as its copy.", table.name));
    Reader reader(from, table);
    Finder finder(to, table);
    for (auto batch = reader.batch(); !batch.empty(); batch = reader.batch()) {
        for (auto& row : batch) {
            mend(table, row);
            const auto* copy = finder.find(row);
            if (copy == nullptr || !same(table, row, *copy))
                throw std::runtime_error(
                    fmt::format("A row of the table {} differs from its copy.", table.name));
        }
    }
}

// The highest number that was ever given: names of containers and images hold such numbers, none may come
// again.
long long last_id(soci::session& session, const Table& table) {
    long long highest = 0;
    session << "SELECT COALESCE(MAX(id), 0) FROM " + table.name, soci::into(highest);
    long long given = 0;
    if (is_sqlite(session)) {
        session << "SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = '" + table.name + "'",
            soci::into(given);
    } else {
        session << fmt::format(
            "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence('{}', 'id')), 0)", table.name),
            soci::into(given);
    }
    return std::max(highest, given);
}

void continue_ids(soci::session& from, soci::session& to, const Table& table) {
    const auto last = last_id(from, table);
    if (last == 0) return;
    if (!is_sqlite(to)) {
        to << fmt::format("SELECT setval(pg_get_serial_sequence('{}', 'id'), {})", table.name, last);
        return;
    }
    to << fmt::format("DELETE FROM sqlite_sequence WHERE name = '{}'", table.name);
    to << fmt::format("INSERT INTO sqlite_sequence (name, seq) VALUES ('{}', {})", table.name, last);
}

} // namespace

std::vector<CopiedTable> copy_database(soci::session& from, soci::session& to, const CopyProgress& progress) {
    const auto tables = list_tables();
    begin_write(from); // nobody writes to it until the copy is compared
    begin_write(to);
    for (const auto& table : tables) {
        if (count_rows(to, table.name) > 0)
            throw std::runtime_error(
                fmt::format("The target is not empty: its table {} has rows. A copy goes "
                            "into a new, empty database only.",
                            table.name));
    }
    std::vector<CopiedTable> done;
    for (const auto& table : tables) {
        done.push_back(copy_table(from, to, table));
        if (table.has_own_ids) continue_ids(from, to, table);
        progress(fmt::format("copied {} ({} rows)", table.name, done.back().rows));
    }
    for (std::size_t i = 0; i < tables.size(); ++i) {
        compare_table(from, to, tables[i], done[i].rows);
        progress(fmt::format("compared {}", tables[i].name));
    }
    commit_write(to, "copy");
    roll_back(from);
    return done;
}

} // namespace panel::database
