#pragma once
// One session with its prepared statements, opened for one purpose. Owned by Database (or by who migrates or
// copies); one thread at a time. Broken ones are dropped, never repaired.

#include "config/database_url.hpp"
#include "database/query.hpp"
#include "database/stall_watch.hpp"

#include <soci/soci.h>

#include <chrono>
#include <memory>

namespace panel::database {

enum class Purpose {
    read,     // cannot write
    write,    // waits at most some seconds for its turn
    maintain, // migrations and copies: waits and runs as long as it takes
};

// How long one Use of a PostgreSQL session may take before its server counts as standing still. A write may
// wait for others' first (lock_timeout).
struct Patience {
    std::chrono::milliseconds read{10'000};
    std::chrono::milliseconds write{20'000};
};
[[nodiscard]] Patience& patience(); // of this process; tests shorten it before anything is open

class Connection {
  public:
    // Throws Outage when the server or the file cannot be reached.
    static std::unique_ptr<Connection> open(const config::DatabaseUrl& url, Purpose purpose);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] soci::session& session() { return session_; }
    // One unit of work. While it lives, Query on this thread finds the prepared statements of this
    // connection; one on PostgreSQL that lives too long loses its connection (stall_watch.hpp).
    class Use {
      public:
        explicit Use(Connection& connection);
        ~Use();
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;

      private:
        StatementCache* outer_;
        StallWatch::Unit unit_;
    };

  private:
    explicit Connection(const soci::connection_parameters& parameters)
        : session_(parameters), statements_(session_) {}
    [[nodiscard]] std::chrono::milliseconds limit() const;

    soci::session session_;
    StatementCache statements_; // goes before its session
    Purpose purpose_ = Purpose::maintain;
    int watched_socket_ = -1; // PostgreSQL's, unless it may take as long as it takes
};

// Creates SQLite's file with mode 0600 if it is not there and turns its write-ahead log on; asks a PostgreSQL
// server whether it is one that we can use. Throws std::runtime_error with a plain sentence, Outage when it
// is not there.
void prepare_database(const config::DatabaseUrl& url);

} // namespace panel::database
