#pragma once
// The few functions of libpq that are called directly, beside SOCI. Loaded with SOCI's own backend when the
// first PostgreSQL session opens: linked in, the two and what they stand on would cost every installation on
// SQLite 3.6 MB of memory. Any thread.

#include <libpq-fe.h>

namespace panel::database {

struct Libpq {
    decltype(&::PQstatus) status;
    decltype(&::PQtransactionStatus) transaction_status;
    decltype(&::PQsocket) socket;
    decltype(&::PQerrorMessage) error_message;
    decltype(&::PQsetErrorVerbosity) set_error_verbosity;
    decltype(&::PQsetNoticeProcessor) set_notice_processor;
    decltype(&::PQconnectStart) connect_start;
    decltype(&::PQconnectPoll) connect_poll;
    decltype(&::PQfinish) finish;
    decltype(&::PQsendQuery) send_query;
    decltype(&::PQisBusy) is_busy;
    decltype(&::PQgetResult) get_result;
    decltype(&::PQresultStatus) result_status;
    decltype(&::PQclear) clear;
    decltype(&::PQconsumeInput) consume_input;
    decltype(&::PQnotifies) notifies;
    decltype(&::PQfreemem) free_memory;
};

// Throws std::runtime_error with a plain sentence when the library is not installed.
[[nodiscard]] const Libpq& libpq();

} // namespace panel::database
