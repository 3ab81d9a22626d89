#pragma once
// The job queue in Redis, in Asynq's format (docs/queue.md): many processes share it, and Asynq's own client,
// server, command line and page work on it. Beside the format it publishes on channels of its own when there
// is work, so that idle workers start within milliseconds without polling fast. Owned by App; co_await stop()
// before it goes. Loop thread only.

#include "base/task_group.hpp"
#include "services/queue/asynq/forwarder.hpp"
#include "services/queue/asynq/heartbeat.hpp"
#include "services/queue/asynq/janitor.hpp"
#include "services/queue/asynq/recoverer.hpp"
#include "services/queue/asynq/settings.hpp"
#include "services/queue/asynq/task_client.hpp"
#include "services/queue/asynq/worker.hpp"
#include "services/queue/job_queue.hpp"
#include "services/queue/redis/subscription.hpp"
#include "services/queue/redis/target.hpp"

#include <memory>
#include <optional>
#include <string>

namespace panel::queue {

class RedisQueue final : public JobQueue {
  public:
    // Connects at the first call. `clock` must outlive it; time between hosts may differ by less than the
    // grace.
    RedisQueue(boost::asio::any_io_executor executor, redis::Target target, const Clock& clock,
               asynq::Settings settings = {});
    ~RedisQueue() override;

    boost::asio::awaitable<Result<std::string>> push(Job job) override;
    void serve(Handler handler) override;
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience) override;
    boost::asio::awaitable<Result<void>> cancel(std::string id) override;
    boost::asio::awaitable<Result<void>> pause(std::string queue) override;
    boost::asio::awaitable<Result<void>> resume(std::string queue) override;
    boost::asio::awaitable<Result<QueueStats>> stats(std::string queue) override;

    // Keeps a result with a job that exists (Asynq's page shows it). Errors: not_found, unavailable.
    boost::asio::awaitable<Result<void>> write_result(std::string queue, std::string id, std::string result);

    // For tests and diagnosis; null before serve().
    [[nodiscard]] asynq::Worker* worker() { return worker_ ? &*worker_ : nullptr; }
    [[nodiscard]] bool hears_others() const { return subscription_ && subscription_->is_listening(); }

  private:
    void hear(const std::string& channel, std::string payload);
    boost::asio::awaitable<void> watch_subscription();

    boost::asio::any_io_executor executor_;
    asynq::Settings settings_;
    redis::Redis redis_;
    asynq::TaskStore store_;
    asynq::TaskClient client_;
    std::optional<asynq::Worker> worker_;
    std::optional<asynq::Heartbeat> heartbeat_;
    std::optional<asynq::Recoverer> recoverer_;
    std::optional<asynq::Forwarder> forwarder_;
    std::optional<asynq::Janitor> janitor_;
    std::optional<redis::Subscription> subscription_;
    bool stopped_ = false;
    TaskGroup duties_;
    TaskGroup heartbeats_; // ends last: leases are kept while the worker drains
};

} // namespace panel::queue
