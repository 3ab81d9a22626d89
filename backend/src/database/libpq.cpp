#include "database/libpq.hpp"

#include <dlfcn.h>

#include <stdexcept>

namespace panel::database {
namespace {

template <class F> void find(void* library, const char* name, F& function) {
    function = reinterpret_cast<F>(::dlsym(library, name));
    if (function == nullptr) throw std::runtime_error("PostgreSQL's client library is too old.");
}

Libpq load() {
    void* library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    // SOCI would unload its backend with the last session.
    const void* backend = ::dlopen("libsoci_postgresql.so.4.0", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr || backend == nullptr)
        throw std::runtime_error(
            "A PostgreSQL database needs PostgreSQL's client library: install the packages "
            "libpq5 and libsoci-postgresql4.0.");
    Libpq out{};
    find(library, "PQstatus", out.status);
    find(library, "PQtransactionStatus", out.transaction_status);
    find(library, "PQsocket", out.socket);
    find(library, "PQerrorMessage", out.error_message);
    find(library, "PQsetErrorVerbosity", out.set_error_verbosity);
    find(library, "PQsetNoticeProcessor", out.set_notice_processor);
    find(library, "PQconnectStart", out.connect_start);
    find(library, "PQconnectPoll", out.connect_poll);
    find(library, "PQfinish", out.finish);
    find(library, "PQsendQuery", out.send_query);
    find(library, "PQisBusy", out.is_busy);
    find(library, "PQgetResult", out.get_result);
    find(library, "PQresultStatus", out.result_status);
    find(library, "PQclear", out.clear);
    find(library, "PQconsumeInput", out.consume_input);
    find(library, "PQnotifies", out.notifies);
    find(library, "PQfreemem", out.free_memory);
    return out;
}

} // namespace

const Libpq& libpq() {
    static const Libpq loaded = load();
    return loaded;
}

} // namespace panel::database
