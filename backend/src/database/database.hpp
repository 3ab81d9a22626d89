#pragma once
// The database: a pool of SOCI sessions and the threads that block on them. Owned by App; repositories hold a
// reference. `run` is for the loop thread (it suspends); `run_blocking` for pool threads, tests and start-up.
// SQLite: WAL, synchronous=FULL, foreign keys on, busy timeout 5 s, one writer session; PostgreSQL takes the
// same calls. A broken database is an exception (soci::soci_error), never a Result.

#include "base/offload.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <soci/soci.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace panel::database {

class StatementCache;

class Database {
  public:
    // url: "sqlite:///absolute/path" (postgresql:// follows). Opens, creating the file (mode 0600) if needed,
    // and brings the schema up to date (migrator.hpp). `readers` extra sessions for reading. Throws
    // std::runtime_error with a plain sentence.
    static std::unique_ptr<Database> open(const std::string& url, boost::asio::thread_pool& pool,
                                          std::size_t readers);
    ~Database();

    // Reads: any number at once. The function must not write.
    template <class F> boost::asio::awaitable<std::invoke_result_t<F&, soci::session&>> read(F function) {
        auto work = [this, function = std::move(function)]() mutable { return read_blocking(function); };
        co_return co_await offload(pool_, std::move(work));
    }
    // Writes: one at a time, in one immediate transaction that commits when the function returns and rolls
    // back when it throws.
    template <class F> boost::asio::awaitable<std::invoke_result_t<F&, soci::session&>> write(F function) {
        auto work = [this, function = std::move(function)]() mutable { return write_blocking(function); };
        co_return co_await offload(writes_, std::move(work));
    }
    template <class F> std::invoke_result_t<F&, soci::session&> read_blocking(F& function) {
        Lease lease(*this, Kind::reader);
        return function(lease.session());
    }
    template <class F> std::invoke_result_t<F&, soci::session&> write_blocking(F& function);

    // Grows with each committed write of this process: a cheap "has anything changed" for caches.
    [[nodiscard]] std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  private:
    enum class Kind { reader, writer };
    struct Connection;
    // Holds one connection; the thread's prepared statements are that connection's meanwhile.
    class Lease {
      public:
        Lease(Database& database, Kind kind);
        ~Lease();
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        [[nodiscard]] soci::session& session() const;

      private:
        Database& database_;
        Connection* connection_;
        Kind kind_;
        StatementCache* outer_;
    };
    struct Impl;
    Database(std::unique_ptr<Impl> impl, boost::asio::thread_pool& pool);
    static void begin(soci::session& session);
    static void roll_back(soci::session& session) noexcept; // SQLite may have rolled back by itself

    std::unique_ptr<Impl> impl_;
    boost::asio::thread_pool& pool_;
    boost::asio::strand<boost::asio::thread_pool::executor_type>
        writes_; // waiting writes hold one thread of the pool, not all
    std::atomic<std::uint64_t> generation_{0};
};

template <class F> std::invoke_result_t<F&, soci::session&> Database::write_blocking(F& function) {
    using Value = std::invoke_result_t<F&, soci::session&>;
    Lease lease(*this, Kind::writer);
    auto& session = lease.session();
    begin(session);
    try {
        if constexpr (std::is_void_v<Value>) {
            function(session);
            session.commit();
            generation_.fetch_add(1, std::memory_order_acq_rel);
        } else {
            auto value = function(session);
            session.commit();
            generation_.fetch_add(1, std::memory_order_acq_rel);
            return value;
        }
    } catch (...) {
        roll_back(session);
        throw;
    }
}

} // namespace panel::database
