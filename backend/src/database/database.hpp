#pragma once
// The database: sessions of SOCI, and the threads that block on them. Owned by App; repositories get a
// session. `read` and `write` are for the loop thread (they suspend); `read_blocking` and `write_blocking`
// for pool threads, tests and start-up.
//
// SQLite (WAL, synchronous=FULL, foreign keys, busy timeout 5 s) and PostgreSQL 15 take the same calls. On
// both, one write transaction runs at a time, also among several processes, so that what a write checked
// stays true until it commits; reads never wait for it. Writes that wait are committed together
// (write_queue.hpp).
//
// A database that is gone, locked or full is an Outage (outage.hpp), any other broken statement a
// soci::soci_error; neither is a Result. A session that broke is opened anew by the next call.

#include "base/offload.hpp"
#include "database/write_queue.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <soci/soci.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace panel::database {

class Database {
  public:
    // url: see config/database_url.hpp. Opens, creating SQLite's file (mode 0600) if needed, and brings the
    // schema up to date (migrator.hpp). `readers` sessions for reading, opened when they are needed. Throws
    // std::runtime_error with a plain sentence.
    static std::unique_ptr<Database> open(const std::string& url, boost::asio::thread_pool& pool,
                                          std::size_t readers);
    ~Database();

    // Reads: any number at once. The function cannot write.
    template <class F> boost::asio::awaitable<std::invoke_result_t<F&, soci::session&>> read(F function) {
        auto work = [this, function = std::move(function)]() mutable { return read_blocking(function); };
        co_return co_await offload(pool_, std::move(work));
    }
    // Writes: in a transaction that is durable when this returns, and undone when the function throws. The
    // function must not catch what a statement threw: its transaction is broken then.
    template <class F> boost::asio::awaitable<std::invoke_result_t<F&, soci::session&>> write(F function);
    template <class F> std::invoke_result_t<F&, soci::session&> read_blocking(F& function);
    template <class F> std::invoke_result_t<F&, soci::session&> write_blocking(F& function);

    // Grows with each committed write, of this process and of those that ChangeFeed heard of: a cheap "has
    // anything changed" for caches.
    [[nodiscard]] std::uint64_t generation() const { return writes_->generation(); }
    void note_foreign_change() { writes_->note_commit(); }

    // SQLite: a number that grows when another process committed. PostgreSQL tells by itself
    // (change_feed.hpp).
    boost::asio::awaitable<std::uint64_t> foreign_commits();

    [[nodiscard]] const config::DatabaseUrl& url() const;
    [[nodiscard]] const std::string& instance() const; // random; whom other processes hear has written

  private:
    // Holds one session for reading.
    class Lease {
      public:
        explicit Lease(Database& database);
        ~Lease();
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        [[nodiscard]] soci::session& session() { return connection_->session(); }
        // What to throw instead; the session is not given back when it broke.
        [[nodiscard]] std::exception_ptr broke(std::exception_ptr failure) noexcept;

      private:
        Database& database_;
        std::unique_ptr<Connection> connection_;
        std::optional<Connection::Use> use_;
    };
    template <class F> class Write;
    struct Impl;
    Database(std::unique_ptr<Impl> impl, std::shared_ptr<WriteQueue> writes, boost::asio::thread_pool& pool);

    std::unique_ptr<Impl> impl_;
    std::shared_ptr<WriteQueue> writes_;
    boost::asio::thread_pool& pool_;
};

// A function that waits for its turn, then keeps its value for the caller.
template <class F> class Database::Write : public PendingWrite {
  public:
    using Value = std::invoke_result_t<F&, soci::session&>;

    explicit Write(F function) : function_(std::move(function)) {}

    void run(soci::session& session) override {
        if constexpr (std::is_void_v<Value>) {
            function_(session);
        } else {
            value_.emplace(function_(session));
        }
    }
    void finish(std::exception_ptr failure) noexcept override {
        failure_ = std::move(failure);
        if (resume) resume();
    }
    Value result() {
        if (failure_) std::rethrow_exception(failure_);
        if constexpr (!std::is_void_v<Value>) return std::move(*value_);
    }

    std::move_only_function<void()> resume;

  private:
    F function_;
    std::optional<std::conditional_t<std::is_void_v<Value>, bool, Value>> value_;
    std::exception_ptr failure_;
};

template <class F>
boost::asio::awaitable<std::invoke_result_t<F&, soci::session&>> Database::write(F function) {
    auto pending = std::make_shared<Write<F>>(std::move(function));
    auto loop = co_await asio::this_coro::executor;
    auto initiate = [this, pending, loop](auto handler) {
        pending->resume = [loop, handler = std::move(handler)]() mutable {
            asio::post(loop, [handler = std::move(handler)]() mutable { std::move(handler)(); });
        };
        writes_->push(pending);
    };
    co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(std::move(initiate),
                                                                         asio::use_awaitable);
    co_return pending->result();
}

template <class F> std::invoke_result_t<F&, soci::session&> Database::read_blocking(F& function) {
    Lease lease(*this);
    try {
        return function(lease.session());
    } catch (...) {
        std::rethrow_exception(lease.broke(std::current_exception()));
    }
}

template <class F> std::invoke_result_t<F&, soci::session&> Database::write_blocking(F& function) {
    const auto pending = std::make_shared<Write<std::reference_wrapper<F>>>(std::ref(function));
    writes_->push_and_wait(pending);
    return pending->result();
}

} // namespace panel::database
