#include "database/query.hpp"

#include "base/utf8.hpp"
#include "database/columns.hpp"

#include <stdexcept>

namespace panel::database {
namespace {

std::shared_ptr<StatementCache::Entry> prepare(soci::session& session, const char* sql) {
    auto entry = std::make_shared<StatementCache::Entry>(session);
    entry->statement.alloc();
    entry->statement.prepare(sql);
    return entry;
}

} // namespace

std::shared_ptr<StatementCache::Entry> StatementCache::take(const char* sql) {
    auto& entry = entries_[sql];
    if (!entry) entry = prepare(session_, sql);
    if (entry->in_use) return prepare(session_, sql); // the same statement inside its own loop
    return entry;
}

StatementCache*& StatementCache::of_this_thread() {
    thread_local StatementCache* cache = nullptr;
    return cache;
}

Query::Query(soci::session& session, const char* sql) : cache_(StatementCache::of_this_thread()), sql_(sql) {
    if (cache_ != nullptr && &cache_->session() != &session) cache_ = nullptr;
    entry_ = cache_ != nullptr ? cache_->take(sql) : prepare(session, sql);
    entry_->in_use = true;
}

Query::~Query() {
    entry_->statement.bind_clean_up();
    entry_->in_use = false;
    // SOCI finalizes a statement that failed, and an unfinished one holds its read snapshot: prepare these
    // anew.
    if (state_ != State::finished && cache_ != nullptr) cache_->forget(sql_);
}

void Query::bind(const std::string& text) {
    const bool is_storable = is_valid_utf8(text);
    entry_->statement.exchange(soci::use(is_storable ? text : *mended_.emplace_back(to_valid_utf8(text))));
}

void Query::bind(const std::optional<std::string>& text) {
    const bool is_storable = !text || is_valid_utf8(*text);
    entry_->statement.exchange(soci::use(is_storable ? text : mended_.emplace_back(to_valid_utf8(*text))));
}

bool Query::next() {
    if (state_ == State::finished) return false;
    bool has_row = false;
    if (state_ == State::fresh) {
        state_ = State::open;
        entry_->statement.define_and_bind();
        has_row = entry_->statement.execute(true);
    } else {
        has_row = entry_->statement.fetch();
    }
    if (!has_row) state_ = State::finished;
    return has_row;
}

bool Query::only() {
    if (!next()) return false;
    if (entry_->statement.fetch()) throw std::logic_error("a look-up by key found two rows");
    state_ = State::finished;
    return true;
}

std::int64_t Query::run() {
    if (next()) throw std::logic_error("a statement without columns gave a row");
    return entry_->statement.get_affected_rows();
}

} // namespace panel::database
