#pragma once
// What most tests of the queue start with: a Redis, a loop, a clock that the test moves, and queues on them.
// At the end of each test everything stops and the invariants of the format are checked.

#include "base/clock.hpp"
#include "services/queue/invariants.hpp"
#include "services/queue/redis_queue.hpp"
#include "services/queue/redis_server.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace panel::test {

// Fast where Asynq's defaults are slow; leases are long, and expire by moving the clock.
queue::asynq::Settings quick_settings();

class QueueWorld {
  public:
    explicit QueueWorld(std::vector<std::string> redis_options = {}, std::uint16_t port = 0);
    ~QueueWorld();

    // A queue of its own, as another process would have it. Stopped with the world, in the order of opening.
    queue::RedisQueue& open(queue::asynq::Settings settings = quick_settings());
    void stop(queue::RedisQueue& queue, std::chrono::milliseconds patience = std::chrono::seconds{5});
    void forget_invariants() { check_ = false; } // for tests that break them by hand

    std::string push(queue::RedisQueue& queue, queue::Job job);
    Result<std::string> try_push(queue::RedisQueue& queue, queue::Job job);
    template <class T> T run(boost::asio::awaitable<T> task) { return test::run(loop, std::move(task)); }
    // Runs the loop until it is true; false after twenty seconds.
    bool until(const std::function<bool()>& condition);
    void run_for(std::chrono::milliseconds duration);

    RedisServer redis;
    boost::asio::io_context loop{1};
    ManualClock clock;

  private:
    struct Opened {
        std::unique_ptr<queue::RedisQueue> queue;
        bool stopped = false;
    };
    std::vector<Opened> opened_;
    bool check_ = true;
};

queue::Job job(std::string type = "test", std::string payload = "{}");

// A handler that counts and succeeds.
struct Counter {
    int calls = 0;
    std::vector<queue::Delivery> deliveries;
    queue::Handler handler();
};

// A handler that says when it has begun, and ends when the test says so or it is cancelled.
class Gate {
  public:
    explicit Gate(boost::asio::io_context& loop);
    queue::Handler handler();
    void open(Result<void> outcome = {});
    [[nodiscard]] int begun() const { return begun_; }
    [[nodiscard]] int cancelled() const { return cancelled_; }

  private:
    boost::asio::awaitable<Result<void>> wait();
    boost::asio::steady_timer opened_;
    Result<void> outcome_;
    bool is_open_ = false;
    int begun_ = 0;
    int cancelled_ = 0;
};

} // namespace panel::test
