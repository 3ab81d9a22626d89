#pragma once
// Takes jobs of the table and performs them: a look whenever something may be due, a task for each job,
// leases that are extended while handlers run. What a dead process held is taken up when its lease has run
// out, or at once when a process of the same name starts. Owned by EmbeddedQueue. co_await stop() before it
// goes. Loop thread only.

#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "database/job_repo.hpp"
#include "services/jobs/embedded_settings.hpp"
#include "services/queue/job_queue.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <vector>

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::jobs {

class EmbeddedWorker {
  public:
    // Begins to take jobs. `settings` outlives it.
    EmbeddedWorker(boost::asio::any_io_executor executor, database::Database& database, const Clock& clock,
                   const EmbeddedSettings& settings, queue::Handler handler);
    ~EmbeddedWorker();
    EmbeddedWorker(const EmbeddedWorker&) = delete;
    EmbeddedWorker& operator=(const EmbeddedWorker&) = delete;

    // Something may be due: looks at once.
    void ring();
    // Takes no more, waits for handlers as long as `patience`, then hands back what still runs.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);

  private:
    struct Running;
    boost::asio::awaitable<void> take_jobs();
    boost::asio::awaitable<void> look();
    boost::asio::awaitable<void> keep_leases();
    boost::asio::awaitable<void> extend_leases();
    boost::asio::awaitable<void> find_cancelled();
    boost::asio::awaitable<void> run(std::shared_ptr<Running> running);
    boost::asio::awaitable<Result<void>> attempt(std::shared_ptr<Running> running);
    boost::asio::awaitable<std::vector<database::JobRow>> end(std::shared_ptr<Running> running,
                                                              Result<void> outcome);
    void start(std::vector<database::JobRow> taken);
    boost::asio::awaitable<void> hand_back(std::vector<database::JobRow> taken);
    void lapse(soci::session& session, const database::JobRow& job, Timestamp now) const;

    boost::asio::any_io_executor executor_;
    database::Database& database_;
    const Clock& clock_;
    const EmbeddedSettings& settings_;
    queue::Handler handler_;
    std::map<std::int64_t, std::shared_ptr<Running>> running_; // by row; shared with the task that runs it
    boost::asio::steady_timer bell_;
    boost::asio::steady_timer ended_; // cancelled whenever a handler, or the taking of jobs, has ended
    bool rung_ = false;
    bool stopping_ = false;
    bool taking_ = true; // a look at the table is not cut off: what it takes has to be handed back
    Timestamp next_sweep_{};
    TaskGroup tasks_;
};

} // namespace panel::jobs
