#include "services/queue/world.hpp"

#include "base/deadline.hpp"

#include <doctest/doctest.h>

namespace panel::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

queue::asynq::Settings quick_settings() {
    queue::asynq::Settings settings;
    settings.heartbeat = milliseconds{200};
    settings.forward_interval = milliseconds{50};
    settings.janitor_interval = milliseconds{50};
    settings.recover_interval = milliseconds{100};
    settings.stop_limit = milliseconds{300};
    return settings;
}

queue::Job job(std::string type, std::string payload) {
    queue::Job made;
    made.type = std::move(type);
    made.payload = std::move(payload);
    return made;
}

QueueWorld::QueueWorld(std::vector<std::string> redis_options, std::uint16_t port)
    : redis(std::move(redis_options), port), clock(SystemClock{}.now()) {}

QueueWorld::~QueueWorld() {
    for (auto& [queue, stopped] : opened_)
        if (!stopped) run(queue->stop(seconds{5}));
    if (!check_) return;
    const auto broken = broken_invariants(redis.probe());
    for (const auto& sentence : broken) FAIL_CHECK(sentence);
}

queue::RedisQueue& QueueWorld::open(queue::asynq::Settings settings) {
    auto queue =
        std::make_unique<queue::RedisQueue>(loop.get_executor(), redis.target(), clock, std::move(settings));
    return *opened_.emplace_back(Opened{std::move(queue)}).queue;
}

void QueueWorld::stop(queue::RedisQueue& queue, milliseconds patience) {
    for (auto& opened : opened_) {
        if (opened.queue.get() != &queue) continue;
        run(queue.stop(patience));
        opened.stopped = true;
    }
}

Result<std::string> QueueWorld::try_push(queue::RedisQueue& queue, queue::Job job) {
    return run(queue.push(std::move(job)));
}

std::string QueueWorld::push(queue::RedisQueue& queue, queue::Job job) {
    auto id = try_push(queue, std::move(job));
    if (!id) throw std::runtime_error(id.error().message);
    return *id;
}

bool QueueWorld::until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + seconds{20};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        loop.restart();
        loop.run_one_for(milliseconds{5});
    }
    return true;
}

void QueueWorld::run_for(milliseconds duration) { run(sleep_for(duration)); }

queue::Handler Counter::handler() {
    struct Count {
        static boost::asio::awaitable<Result<void>> one(Counter& counter, queue::Delivery delivery) {
            ++counter.calls;
            counter.deliveries.push_back(std::move(delivery));
            co_return Result<void>{};
        }
    };
    return [this](queue::Delivery delivery) { return Count::one(*this, std::move(delivery)); };
}

Gate::Gate(boost::asio::io_context& loop) : opened_(loop, boost::asio::steady_timer::time_point::max()) {}

queue::Handler Gate::handler() {
    return [this](const queue::Delivery&) { return wait(); };
}

boost::asio::awaitable<Result<void>> Gate::wait() {
    ++begun_;
    while (!is_open_) {
        co_await opened_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        const auto state = co_await boost::asio::this_coro::cancellation_state;
        if (state.cancelled() == boost::asio::cancellation_type::none) continue;
        ++cancelled_;
        co_return fail(Code::cancelled, "The gate was left.");
    }
    co_return outcome_;
}

void Gate::open(Result<void> outcome) {
    outcome_ = std::move(outcome);
    is_open_ = true;
    opened_.cancel();
}

} // namespace panel::test
