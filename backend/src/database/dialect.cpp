#include "database/dialect.hpp"

#include "database/libpq.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <spdlog/spdlog.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace panel::database {
namespace {

constexpr const char* sqlite_begin = "BEGIN IMMEDIATE";
// The lock's number is "vps-pane" in ASCII: any that no other program in the same database takes.
constexpr const char* postgresql_begin = "BEGIN; SELECT pg_advisory_xact_lock(8534447932863245925)";
constexpr auto postgresql_commit =
    "SELECT pg_notify('{}', '{}') WHERE pg_current_xact_id_if_assigned() IS NOT NULL; COMMIT";

sqlite_api::sqlite3* sqlite_connection(soci::session& session) {
    return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

PGconn* postgresql_connection(soci::session& session) {
    return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

// What happened to the file or to who holds it, not to the statement.
bool is_sqlite_outage(int code) {
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return true;
    default: return false;
    }
}

// For an error of input and output SQLite's own word for the reason may be another call's by then: the file
// and its disk are asked.
Outage::Cause file_cause(const char* file) {
    constexpr unsigned long least_growth = 64UL << 10; // of the write-ahead log's index
    if (!file || ::access(file, W_OK) == 0) {
        struct statvfs disk{};
        const bool known = file && ::statvfs(file, &disk) == 0;
        return known && disk.f_bavail * disk.f_frsize < least_growth ? Outage::Cause::full
                                                                     : Outage::Cause::away;
    }
    return errno == EROFS || errno == EACCES || errno == EPERM ? Outage::Cause::read_only
                                                               : Outage::Cause::away;
}

Outage::Cause sqlite_cause(soci::session& session, int code) {
    switch (code & 0xff) {
    case SQLITE_FULL: return Outage::Cause::full;
    case SQLITE_READONLY: return Outage::Cause::read_only;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return file_cause(sqlite_api::sqlite3_db_filename(sqlite_connection(session), "main"));
    default: return Outage::Cause::away;
    }
}

bool is_outage(soci::session& session, const soci::soci_error& error) {
    if (const auto* ours = dynamic_cast<const soci::sqlite3_soci_error*>(&error))
        return is_sqlite_outage(ours->result());
    if (is_sqlite(session)) return false;
    if (is_lost(session)) return true;
    switch (error.get_error_category()) {
    case soci::soci_error::invalid_statement:
    case soci::soci_error::no_data:
    case soci::soci_error::constraint_violation: return false;
    default: return true; // no space, no memory, shutting down, read-only, a lock that was not to be had
    }
}

// As a server says it whose messages are English; SOCI's plug-in keeps the code of the error to itself.
// Another language costs no more than the precise words.
constexpr std::string_view postgresql_disk_full = "No space left on device";
constexpr std::string_view postgresql_read_only = "in a read-only transaction";

// SOCI adds 'while executing "<SQL>" with :a=1, :b="..."': the SQL is ours, the values are not to be logged.
std::string without_values(const soci::soci_error& error) {
    const std::string text = error.what();
    return text.substr(0, text.find("\" with :"));
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

} // namespace

bool is_sqlite(const soci::session& session) { return session.get_backend_name() == "sqlite3"; }

void begin_write(soci::session& session) {
    session << (is_sqlite(session) ? sqlite_begin : postgresql_begin);
}

void commit_write(soci::session& session, const std::string& instance) {
    if (is_sqlite(session)) {
        session << "COMMIT";
        return;
    }
    session << fmt::format(postgresql_commit, change_channel, instance);
}

void roll_back(soci::session& session) noexcept {
    try {
        if (is_in_transaction(session)) session << "ROLLBACK";
    } catch (const std::exception& error) {
        spdlog::debug("rollback: {}", error.what());
    }
}

void begin_step(soci::session& session) { session << "SAVEPOINT step"; }
void end_step(soci::session& session) { session << "RELEASE SAVEPOINT step"; }
void undo_step(soci::session& session) {
    session << "ROLLBACK TO SAVEPOINT step";
    session << "RELEASE SAVEPOINT step";
}

bool is_in_transaction(soci::session& session) {
    if (is_sqlite(session)) return sqlite_api::sqlite3_get_autocommit(sqlite_connection(session)) == 0;
    const auto status = libpq().transaction_status(postgresql_connection(session));
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool is_lost(soci::session& session) {
    return !is_sqlite(session) && libpq().status(postgresql_connection(session)) != CONNECTION_OK;
}

bool is_quiet(soci::session& session) {
    if (is_sqlite(session)) return true;
    if (is_lost(session)) return false;
    pollfd waiting{.fd = libpq().socket(postgresql_connection(session)), .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, 0) == 0; // a farewell or the end of the stream is all that could be there
}

Outage::Cause cause_of(soci::session& session, const soci::soci_error& error) {
    if (const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error))
        return sqlite_cause(session, sqlite->result());
    const std::string_view text = error.what();
    if (text.contains(postgresql_disk_full)) return Outage::Cause::full;
    if (text.contains(postgresql_read_only)) return Outage::Cause::read_only;
    return Outage::Cause::away;
}

std::exception_ptr translated(soci::session& session, std::exception_ptr failure) noexcept {
    try {
        std::rethrow_exception(failure);
    } catch (const Outage&) {
        return failure;
    } catch (const soci::soci_error& error) {
        const auto text = without_values(error);
        return is_outage(session, error) ? std::make_exception_ptr(Outage(text, cause_of(session, error)))
                                         : std::make_exception_ptr(soci::soci_error(text));
    } catch (...) {
        return failure;
    }
}

std::string in_dialect(std::string_view sql, bool sqlite) {
    std::string text(sql);
    replace_all(text, "{{id}}",
                sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT"
                       : "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY");
    replace_all(text, "{{blob}}", sqlite ? "BLOB" : "BYTEA");
    return text;
}

} // namespace panel::database
