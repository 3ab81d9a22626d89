#pragma once
// Group commit: the writes that wait while one transaction is being made durable go together into the next,
// each in a savepoint of its own, so that 64 of them cost one fsync, not 64. One that throws is undone alone;
// when the COMMIT fails, all fail. Nobody hears of success before the COMMIT. Owned by Database, shared with
// the tasks it posts; any thread.

#include "config/database_url.hpp"
#include "database/connection.hpp"

#include <boost/asio/thread_pool.hpp>
#include <soci/soci.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace panel::database {

// A function that waits to be run in a write transaction.
class PendingWrite {
  public:
    PendingWrite() = default;
    virtual ~PendingWrite() = default;
    PendingWrite(const PendingWrite&) = delete;
    PendingWrite& operator=(const PendingWrite&) = delete;

    virtual void run(soci::session& session) = 0;                 // may throw; keeps its value
    virtual void finish(std::exception_ptr failure) noexcept = 0; // once; null after the COMMIT

  private:
    friend class WriteQueue;
    bool finished_ = false; // under the queue's mutex
};

class WriteQueue : public std::enable_shared_from_this<WriteQueue> {
  public:
    using Write = std::shared_ptr<PendingWrite>;

    // Opens its session at the first write. `instance`: who other processes are told has written.
    WriteQueue(config::DatabaseUrl url, boost::asio::thread_pool& pool, std::string instance);

    // Returns at once; `write` runs on the pool.
    void push(Write write);
    // Returns when `write` is finished. It may run on this thread, with others that wait.
    void push_and_wait(const Write& write);

    // Grows when another connection committed to SQLite's file. Looks now, or has the leader look; on the
    // pool.
    std::uint64_t foreign_commits();

    // Grows with each commit, and with each that another process is known to have made.
    [[nodiscard]] std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
    void note_commit() { generation_.fetch_add(1, std::memory_order_acq_rel); }

  private:
    using Writes = std::vector<Write>;

    void lead();      // until nothing waits
    void run_group(); // one transaction, by the leader, without the lock
    void run_writes(Connection& connection, Writes& group);
    bool run_write(soci::session& session, const Write& write, bool is_first); // false: it failed alone
    Connection& connection();
    void drop_connection();
    void look_for_commits();
    Writes take(std::size_t most);
    void finish(const Writes& writes, const std::exception_ptr& failure);
    void schedule(); // with the lock held

    config::DatabaseUrl url_;
    boost::asio::thread_pool& pool_;
    std::string instance_;
    std::atomic<std::uint64_t> generation_{0};
    std::unique_ptr<Connection> connection_; // the leader's
    long long data_version_ = -1;            // the leader's: of connection_, when it was last looked at
    std::atomic<std::uint64_t> foreign_commits_{0};
    std::atomic<bool> shall_look_{false};

    std::mutex mutex_;
    std::condition_variable changed_; // a write was finished, or there is no leader any more
    std::deque<Write> waiting_;
    bool led_ = false;
    bool scheduled_ = false;
};

} // namespace panel::database
