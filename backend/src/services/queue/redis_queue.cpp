#include "services/queue/redis_queue.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "services/queue/asynq/keys.hpp"

#include <algorithm>
#include <utility>

namespace panel::queue {

namespace {

// While nobody would wake us, polls are this often.
constexpr std::chrono::milliseconds deaf_poll{100};
constexpr std::chrono::milliseconds subscription_look{500};
constexpr std::chrono::milliseconds duties_end{5'000};

redis::Timing timing_of(const asynq::Settings& settings) {
    redis::Timing timing;
    timing.answer = settings.answer_limit;
    timing.connect = settings.connect_limit;
    return timing;
}

} // namespace

RedisQueue::RedisQueue(asio::any_io_executor executor, redis::Target target, const Clock& clock,
                       asynq::Settings settings)
    : executor_(executor),
      settings_(std::move(settings)),
      redis_(executor, std::move(target), timing_of(settings_)),
      store_(redis_, clock, settings_),
      client_(redis_, clock),
      duties_(executor),
      heartbeats_(executor) {}

RedisQueue::~RedisQueue() = default;

asio::awaitable<Result<std::string>> RedisQueue::push(Job job) {
    auto pushing = client_.push(std::move(job));
    auto pushed = co_await std::move(pushing);
    CRASH_POINT("queue.job.pushed");
    co_return pushed;
}
asio::awaitable<Result<void>> RedisQueue::cancel(std::string id) { return client_.cancel(std::move(id)); }
asio::awaitable<Result<void>> RedisQueue::pause(std::string queue) { return client_.pause(std::move(queue)); }
asio::awaitable<Result<void>> RedisQueue::resume(std::string queue) {
    return client_.resume(std::move(queue));
}
asio::awaitable<Result<QueueStats>> RedisQueue::stats(std::string queue) {
    return client_.stats(std::move(queue));
}
asio::awaitable<Result<void>> RedisQueue::write_result(std::string queue, std::string id,
                                                       std::string result) {
    return client_.write_result(std::move(queue), std::move(id), std::move(result));
}

void RedisQueue::serve(Handler handler) {
    worker_.emplace(executor_, store_, std::move(handler));
    heartbeat_.emplace(store_, *worker_);
    recoverer_.emplace(store_);
    forwarder_.emplace(executor_, store_);
    janitor_.emplace(store_);
    auto listener = [this](const std::string& channel, std::string payload) {
        hear(channel, std::move(payload));
    };
    std::vector<std::string> channels{std::string(asynq::keys::cancel_channel),
                                      std::string(asynq::keys::wake_channel),
                                      std::string(asynq::keys::due_channel)};
    subscription_.emplace(redis_.target(), std::move(channels), std::move(listener), timing_of(settings_));
    heartbeats_.spawn("queue heartbeat", heartbeat_->run());
    duties_.spawn("queue subscription", subscription_->run());
    duties_.spawn("queue subscription watch", watch_subscription());
    duties_.spawn("queue recoverer", recoverer_->run());
    duties_.spawn("queue forwarder", forwarder_->run());
    duties_.spawn("queue janitor", janitor_->run());
    worker_->start();
}

void RedisQueue::hear(const std::string& channel, std::string payload) {
    if (channel == asynq::keys::cancel_channel) return worker_->cancel(payload);
    const auto served = settings_.queues.find(payload);
    if (served == settings_.queues.end() || served->second < 1) return;
    if (channel == asynq::keys::due_channel)
        forwarder_->wake();
    else
        worker_->wake();
}

asio::awaitable<void> RedisQueue::watch_subscription() {
    for (;;) {
        const auto longest = settings_.longest_poll;
        worker_->set_longest_pause(subscription_->is_listening() ? longest : std::min(longest, deaf_poll));
        co_await sleep_for(subscription_look);
    }
}

asio::awaitable<void> RedisQueue::stop(std::chrono::milliseconds patience) {
    if (std::exchange(stopped_, true)) co_return;
    co_await duties_.stop(duties_end);
    if (worker_) {
        co_await worker_->stop(patience);
        co_await heartbeats_.stop(duties_end);
        co_await heartbeat_->clear();
    }
    co_await redis_.stop();
}

} // namespace panel::queue
