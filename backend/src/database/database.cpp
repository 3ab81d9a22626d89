#include "database/database.hpp"

#include "database/dialect.hpp"
#include "database/migrator.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <stdexcept>
#include <vector>

namespace panel::database {
namespace {

std::string random_name() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}", random(), random());
}

} // namespace

struct Database::Impl {
    config::DatabaseUrl url;
    std::string instance = random_name();
    std::mutex mutex;
    std::condition_variable freed;
    std::vector<std::unique_ptr<Connection>> readers; // those not in use; null: not open
};

std::unique_ptr<Database> Database::open(const std::string& url, boost::asio::thread_pool& pool,
                                         std::size_t readers) {
    auto parsed = config::parse_database_url(url);
    if (!parsed) throw std::runtime_error(parsed.error().message);
    auto impl = std::make_unique<Impl>();
    impl->url = std::move(*parsed);
    impl->readers.resize(std::max<std::size_t>(readers, 1));
    bring_up_to_date(impl->url);
    auto writes = std::make_shared<WriteQueue>(impl->url, pool, impl->instance);
    return std::unique_ptr<Database>(new Database(std::move(impl), std::move(writes), pool));
}

Database::Database(std::unique_ptr<Impl> impl, std::shared_ptr<WriteQueue> writes,
                   boost::asio::thread_pool& pool)
    : impl_(std::move(impl)), writes_(std::move(writes)), pool_(pool) {}

Database::~Database() = default;

const config::DatabaseUrl& Database::url() const { return impl_->url; }
const std::string& Database::instance() const { return impl_->instance; }

boost::asio::awaitable<std::uint64_t> Database::foreign_commits() {
    auto look = [this] { return writes_->foreign_commits(); };
    co_return co_await offload(pool_, std::move(look));
}

Database::Lease::Lease(Database& database) : database_(database) {
    auto& impl = *database.impl_;
    {
        std::unique_lock lock(impl.mutex);
        impl.freed.wait(lock, [&impl] { return !impl.readers.empty(); });
        connection_ = std::move(impl.readers.back()); // the last returned: its caches are warm
        impl.readers.pop_back();
    }
    try {
        if (connection_ && !is_quiet(connection_->session())) connection_.reset();
        if (!connection_) connection_ = Connection::open(impl.url, Purpose::read);
    } catch (...) {
        const std::scoped_lock lock(impl.mutex);
        impl.readers.insert(impl.readers.begin(), nullptr);
        impl.freed.notify_all();
        throw;
    }
    use_.emplace(*connection_);
}

Database::Lease::~Lease() {
    use_.reset();
    auto& impl = *database_.impl_;
    {
        const std::scoped_lock lock(impl.mutex);
        // One that is not open waits behind those that are.
        impl.readers.insert(connection_ ? impl.readers.end() : impl.readers.begin(), std::move(connection_));
    }
    impl.freed.notify_one();
}

std::exception_ptr Database::Lease::broke(std::exception_ptr failure) noexcept {
    auto translation = translated(connection_->session(), std::move(failure));
    if (is_lost(connection_->session())) {
        use_.reset();
        connection_.reset();
    }
    return translation;
}

} // namespace panel::database
