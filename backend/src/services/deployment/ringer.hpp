#pragma once
// Rings the queue for every unfinished deployment that nobody works on: when the bell is rung (a deployment
// was committed or has ended), and every ten seconds for what a lost ring, a dead worker or a flushed queue
// left. The queue carries no more than ids; losing all of it costs the wait. Where the queue does not answer,
// a process that may work does it without. Owned by App. Loop thread only.

#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "database/claim_repo.hpp"
#include "services/deployment/job_bell.hpp"
#include "services/queue/job_queue.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::deployment {

// The job that rings for this deployment. Its id is the same for half a minute and for one claim of the
// deployment: rings of several processes meet in one job, and a job that its queue holds back does not keep
// the next ring away for long.
[[nodiscard]] queue::Job ring_job(const database::Unclaimed& waiting, Timestamp now);
// The project that such a job is about; nullopt for what nobody here has pushed.
[[nodiscard]] std::optional<std::int64_t> project_of(const queue::Job& job);

class Ringer {
  public:
    // `without_queue` is called with a project whose ring the queue did not take; empty: nothing is done.
    Ringer(boost::asio::any_io_executor executor, database::Database& database, const Clock& clock,
           JobBell& bell, queue::JobQueue& queue, std::function<void(std::int64_t project_id)> without_queue);

    void start();
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);
    // One round, at once.
    boost::asio::awaitable<void> ring_unclaimed();

  private:
    boost::asio::awaitable<void> keep_ringing();
    boost::asio::awaitable<void> push(queue::Job job, std::int64_t project_id);

    database::Database& database_;
    const Clock& clock_;
    JobBell& bell_;
    queue::JobQueue& queue_;
    std::function<void(std::int64_t)> without_queue_;
    std::set<std::string>
        pushed_; // ids that the queue has taken: not asked for again while they stay the same
    bool stopping_ = false;
    TaskGroup tasks_;
};

} // namespace panel::deployment
