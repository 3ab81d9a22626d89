#pragma once
// One use of a prepared statement. Statements stay prepared with their session (StatementCache), keyed by the
// address of the SQL text, so the text must be a constant. Parameters and columns go by position; no
// parameter name may occur twice (PostgreSQL would count it twice). Bound values must live until the Query
// goes. Text is stored as valid UTF-8 without NUL, the only text that PostgreSQL takes: anything else becomes
// U+FFFD. Used by the repositories only, on the thread that holds the session.

#include <soci/soci.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace panel::database {

// The prepared statements of one session. Owned beside it.
class StatementCache {
  public:
    struct Entry {
        explicit Entry(soci::session& session) : statement(session) {}
        soci::statement statement;
        bool in_use = false;
    };

    explicit StatementCache(soci::session& session) : session_(session) {}
    StatementCache(const StatementCache&) = delete;
    StatementCache& operator=(const StatementCache&) = delete;

    [[nodiscard]] std::shared_ptr<Entry>
    take(const char* sql); // prepared; shared: a Query in use may outlive its place in the cache
    void forget(const char* sql) { entries_.erase(sql); }
    [[nodiscard]] const soci::session& session() const { return session_; }

    // The cache of the session that this thread holds (Database::Lease sets it).
    static StatementCache*& of_this_thread();

  private:
    soci::session& session_;
    std::unordered_map<const char*, std::shared_ptr<Entry>> entries_;
};

class Query {
  public:
    Query(soci::session& session, const char* sql);
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    template <class... T> Query& use(const T&... values) {
        (bind(values), ...);
        return *this;
    }
    template <class... T> Query& into(T&... columns) {
        (entry_->statement.exchange(soci::into(columns)), ...);
        return *this;
    }

    // Runs the statement the first time, then steps: true while there is a row, which is then in the
    // variables given to into(). Read until it is false: an unfinished statement would keep its snapshot
    // open.
    bool next();
    // The one row of a look-up by key. Finishes the statement.
    bool only();
    // Runs a statement without rows; how many rows it changed.
    std::int64_t run();

  private:
    enum class State { fresh, open, finished };

    template <class T> void bind(const T& value) { entry_->statement.exchange(soci::use(value)); }
    void bind(const std::string& text);
    void bind(const std::optional<std::string>& text);

    StatementCache* cache_;
    const char* sql_;
    std::shared_ptr<StatementCache::Entry> entry_;
    State state_ = State::fresh;
    std::deque<std::optional<std::string>> mended_; // what is bound instead of text that cannot be stored
};

} // namespace panel::database
