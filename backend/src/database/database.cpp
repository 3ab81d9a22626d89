#include "database/database.hpp"

#include "database/migrator.hpp"
#include "database/query.hpp"

#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace panel::database {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite://";

std::string sqlite_path(const std::string& url) {
    if (!url.starts_with(sqlite_scheme))
        throw std::runtime_error("The database address must start with sqlite://.");
    auto path = url.substr(sqlite_scheme.size());
    if (!path.starts_with('/'))
        throw std::runtime_error(
            "The database address needs an absolute path, such as sqlite:///var/lib/vps-panel/panel.db.");
    if (path.find('"') != std::string::npos)
        throw std::runtime_error("The path of the database cannot hold a quotation mark.");
    return path;
}

// SQLite would create it readable for everyone; its -wal and -shm files take over the mode.
void create_private_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("The database file " + path + " cannot be opened.");
    ::close(file);
}

void set_up(soci::session& session, bool read_only) {
    session << "PRAGMA busy_timeout=5000";
    session << "PRAGMA synchronous=FULL";
    session << "PRAGMA foreign_keys=ON";
    session << "PRAGMA temp_store=MEMORY";
    session << (read_only ? "PRAGMA cache_size=-512"
                          : "PRAGMA cache_size=-1024"); // KiB: 2 MiB for a writer and two readers
    if (read_only) session << "PRAGMA query_only=ON";
}

} // namespace

struct Database::Connection {
    explicit Connection(const std::string& path)
        : session(soci::sqlite3, "dbname=\"" + path + "\""), statements(session) {}
    soci::session session;
    StatementCache statements; // goes before its session
};

struct Database::Impl {
    std::mutex mutex;
    std::condition_variable freed;
    std::vector<std::unique_ptr<Connection>> readers; // those not in use
    std::unique_ptr<Connection> writer;               // null while in use
};

std::unique_ptr<Database> Database::open(const std::string& url, boost::asio::thread_pool& pool,
                                         std::size_t readers) {
    const auto path = sqlite_path(url);
    create_private_file(path);
    auto impl = std::make_unique<Impl>();
    impl->writer = std::make_unique<Connection>(path);
    std::string mode;
    impl->writer->session << "PRAGMA journal_mode=WAL", soci::into(mode);
    if (mode != "wal")
        throw std::runtime_error("SQLite cannot use its write-ahead log on the file system of " + path + ".");
    set_up(impl->writer->session, false);
    impl->writer->session << "PRAGMA journal_size_limit=16777216";
    migrate(impl->writer->session, embedded_migrations());
    for (std::size_t i = 0; i < std::max<std::size_t>(readers, 1); ++i) {
        impl->readers.push_back(std::make_unique<Connection>(path));
        set_up(impl->readers.back()->session, true);
    }
    return std::unique_ptr<Database>(new Database(std::move(impl), pool));
}

Database::Database(std::unique_ptr<Impl> impl, boost::asio::thread_pool& pool)
    : impl_(std::move(impl)), pool_(pool), writes_(pool.get_executor()) {}

Database::~Database() = default;

void Database::begin(soci::session& session) { session << "BEGIN IMMEDIATE"; }

void Database::roll_back(soci::session& session) noexcept {
    try {
        session.rollback();
    } catch (const std::exception& error) {
        spdlog::debug("rollback: {}", error.what());
    }
}

Database::Lease::Lease(Database& database, Kind kind) : database_(database), kind_(kind) {
    auto& impl = *database.impl_;
    std::unique_lock lock(impl.mutex);
    if (kind == Kind::writer) {
        impl.freed.wait(lock, [&impl] { return impl.writer != nullptr; });
        connection_ = impl.writer.release();
    } else {
        impl.freed.wait(lock, [&impl] { return !impl.readers.empty(); });
        connection_ = impl.readers.back().release(); // the last returned: its caches are warm
        impl.readers.pop_back();
    }
    outer_ = std::exchange(StatementCache::of_this_thread(), &connection_->statements);
}

Database::Lease::~Lease() {
    StatementCache::of_this_thread() = outer_;
    auto& impl = *database_.impl_;
    {
        const std::scoped_lock lock(impl.mutex);
        if (kind_ == Kind::writer) {
            impl.writer.reset(connection_);
        } else {
            impl.readers.emplace_back(connection_);
        }
    }
    impl.freed.notify_all();
}

soci::session& Database::Lease::session() const { return connection_->session; }

} // namespace panel::database
