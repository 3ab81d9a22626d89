#include "database/connection.hpp"

#include "database/dialect.hpp"
#include "database/libpq.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace panel::database {
namespace {

constexpr int oldest_postgresql = 150'000;

// A server that does not answer is noticed by libpq and the kernel; one that works too long on a statement,
// or another holder of the write lock, by the server's own limits.
constexpr auto postgresql_manners =
    "application_name='vps-panel' client_encoding='UTF8' keepalives_idle='30' keepalives_interval='5' "
    "keepalives_count='3' tcp_user_timeout='15000' ";
constexpr auto read_limits = "options='-c client_min_messages=warning -c default_transaction_read_only=on "
                             "-c statement_timeout=30000'";
constexpr auto write_limits =
    "options='-c client_min_messages=warning -c statement_timeout=30000 -c lock_timeout=10000 "
    "-c idle_in_transaction_session_timeout=60000'";
constexpr auto no_limits =
    "options='-c client_min_messages=warning -c statement_timeout=0 -c lock_timeout=120000'";

soci::connection_parameters parameters(const config::DatabaseUrl& url, Purpose purpose) {
    if (url.is_sqlite()) return {soci::sqlite3, "dbname=\"" + url.path + "\""};
    (void)libpq(); // says in words what is not installed
    auto text = postgresql_manners + connection_string(url);
    if (!text.contains("connect_timeout")) text += "connect_timeout='5' ";
    switch (purpose) {
    case Purpose::read: text += read_limits; break;
    case Purpose::write: text += write_limits; break;
    case Purpose::maintain: text += no_limits; break;
    }
    return {std::string("postgresql"), text};
}

void set_up_sqlite(soci::session& session, Purpose purpose) {
    session << (purpose == Purpose::maintain ? "PRAGMA busy_timeout=120000" : "PRAGMA busy_timeout=5000");
    session << "PRAGMA synchronous=FULL";
    session << "PRAGMA foreign_keys=ON";
    session << "PRAGMA temp_store=MEMORY";
    session << "PRAGMA journal_size_limit=16777216";
    session << (purpose == Purpose::read
                    ? "PRAGMA cache_size=-512"
                    : "PRAGMA cache_size=-1024"); // KiB: 2 MiB for a writer and two readers
    if (purpose == Purpose::read) session << "PRAGMA query_only=ON";
}

// Its socket.
int set_up_postgresql(soci::session& session) {
    auto* connection = static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
    libpq().set_error_verbosity(connection, PQERRORS_TERSE); // the details of an error hold values
    const auto ignore = [](void*, const char*) {};           // libpq would print what the server remarks
    libpq().set_notice_processor(connection, ignore, nullptr);
    return libpq().socket(connection);
}

// SQLite would create it readable for everyone; its -wal and -shm files take over the mode.
void create_private_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("The database file " + path + " cannot be opened for writing.");
    ::close(file);
}

void prepare_sqlite(const config::DatabaseUrl& url) {
    create_private_file(url.path);
    const auto connection = Connection::open(url, Purpose::maintain);
    std::string mode;
    connection->session() << "PRAGMA journal_mode=WAL", soci::into(mode);
    if (mode != "wal")
        throw std::runtime_error("SQLite cannot use its write-ahead log on the file system of " + url.path +
                                 ".");
}

void prepare_postgresql(const config::DatabaseUrl& url) {
    const auto connection = Connection::open(url, Purpose::maintain);
    int version = 0;
    std::string encoding;
    connection->session() << "SELECT CAST(current_setting('server_version_num') AS INTEGER), "
                             "current_setting('server_encoding')",
        soci::into(version), soci::into(encoding);
    if (version < oldest_postgresql)
        throw std::runtime_error("The PostgreSQL server is too old: version 15 or newer is needed.");
    if (encoding != "UTF8")
        throw std::runtime_error(
            fmt::format("The PostgreSQL database has the encoding {}; create it with UTF8.", encoding));
}

// libpq's hints come after a tab.
std::string one_line(std::string text) {
    text.resize(std::min(text.find("\n\t"), text.size()));
    while (text.ends_with('\n')) text.pop_back();
    std::ranges::replace(text, '\n', ' ');
    return text;
}

} // namespace

std::unique_ptr<Connection> Connection::open(const config::DatabaseUrl& url, Purpose purpose) {
    std::unique_ptr<Connection> connection;
    try {
        connection.reset(new Connection(parameters(url, purpose)));
        if (url.is_sqlite()) {
            set_up_sqlite(connection->session(), purpose);
        } else {
            const int socket = set_up_postgresql(connection->session());
            if (purpose != Purpose::maintain) connection->watched_socket_ = socket;
        }
        connection->purpose_ = purpose;
        return connection;
    } catch (const soci::soci_error& error) {
        const auto text = one_line(error.get_error_message());
        if (connection) throw Outage(text, cause_of(connection->session(), error));
        throw Outage(text);
    }
}

Patience& patience() {
    static Patience patience;
    return patience;
}

std::chrono::milliseconds Connection::limit() const {
    return purpose_ == Purpose::read ? patience().read : patience().write;
}

Connection::Use::Use(Connection& connection)
    : outer_(std::exchange(StatementCache::of_this_thread(), &connection.statements_)),
      unit_(connection.watched_socket_, connection.limit()) {}

Connection::Use::~Use() { StatementCache::of_this_thread() = outer_; }

void prepare_database(const config::DatabaseUrl& url) {
    if (url.is_sqlite()) {
        prepare_sqlite(url);
    } else {
        prepare_postgresql(url);
    }
}

} // namespace panel::database
