#pragma once
// The job queue without Redis: a table of the own database, shared by any number of processes on it. Jobs of
// one group go in order, one at a time; among groups the turn goes round. A failed job waits outside its
// group for its next try. Owned by App, which also rings it when another process has written. co_await stop()
// before it goes. Loop thread only.

#include "base/clock.hpp"
#include "services/jobs/embedded_settings.hpp"
#include "services/queue/job_queue.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::jobs {

class EmbeddedWorker;

class EmbeddedQueue final : public queue::JobQueue {
  public:
    EmbeddedQueue(boost::asio::any_io_executor executor, database::Database& database, const Clock& clock,
                  EmbeddedSettings settings);
    ~EmbeddedQueue() override;

    boost::asio::awaitable<Result<std::string>> push(queue::Job job) override;
    void serve(queue::Handler handler) override;
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience) override;
    boost::asio::awaitable<Result<void>> cancel(std::string id) override;
    boost::asio::awaitable<Result<void>> pause(std::string queue) override;
    boost::asio::awaitable<Result<void>> resume(std::string queue) override;
    boost::asio::awaitable<Result<queue::QueueStats>> stats(std::string queue) override;

    // Something may be due: looks at once. For what other processes wrote.
    void ring();

  private:
    boost::asio::awaitable<Result<void>> set_paused(std::string queue, bool paused);

    boost::asio::any_io_executor executor_;
    database::Database& database_;
    const Clock& clock_;
    EmbeddedSettings settings_;
    std::unique_ptr<EmbeddedWorker> worker_; // from serve() on
    bool stopping_ = false;
};

} // namespace panel::jobs
