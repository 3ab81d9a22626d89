#pragma once
// Where SQLite and PostgreSQL differ, in one place: how a write transaction begins and ends, how one of
// several writes in it is undone alone, what an error means. Used by the files of this folder only, on the
// thread that holds the session.

#include "database/outage.hpp"

#include <soci/soci.h>

#include <exception>
#include <string>
#include <string_view>

namespace panel::database {

// The channel of PostgreSQL's NOTIFY; the payload is the instance that wrote.
inline constexpr const char* change_channel = "vps_panel_changed";

[[nodiscard]] bool is_sqlite(const soci::session& session);

// The one write transaction of this database at a time, also among several processes: what was checked in it
// stays true until it commits. SQLite: BEGIN IMMEDIATE. PostgreSQL: an advisory lock that goes with the
// transaction, so that each later statement sees what the last holder committed.
void begin_write(soci::session& session);
// Tells other processes which process wrote (change_feed.hpp), if anything was written.
void commit_write(soci::session& session, const std::string& instance);
void roll_back(soci::session& session) noexcept; // SQLite may have rolled back by itself

// Writes that share a transaction, each undone alone: begin_step, then end_step or undo_step.
void begin_step(soci::session& session);
void end_step(soci::session& session);
void undo_step(soci::session& session);

// False after an error that ended the whole transaction (a full disk, a lost connection).
[[nodiscard]] bool is_in_transaction(soci::session& session);
// The connection cannot be used any more.
[[nodiscard]] bool is_lost(soci::session& session);
// Nothing was heard from the server since the last answer, as it should be. No round trip.
[[nodiscard]] bool is_quiet(soci::session& session);

// The failure as callers get it: an Outage, or the same soci_error without the values that were bound. Call
// it before anything else is done with the session. What is no soci_error stays as it is.
[[nodiscard]] std::exception_ptr translated(soci::session& session, std::exception_ptr failure) noexcept;
// Why an outage is one.
[[nodiscard]] Outage::Cause cause_of(soci::session& session, const soci::soci_error& error);

// {{id}} and {{blob}} become the words of the session's dialect.
[[nodiscard]] std::string in_dialect(std::string_view sql, bool sqlite);

} // namespace panel::database
