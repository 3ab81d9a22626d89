#include "base/deadline.hpp"
#include "services/queue/asynq/keys.hpp"
#include "services/queue/asynq/message.hpp"
#include "services/queue/asynq/scripts.hpp"
#include "services/queue/tcp_proxy.hpp"
#include "services/queue/world.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace panel;
using namespace panel::queue;
using namespace panel::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace keys = panel::queue::asynq::keys;

namespace {

asynq::Settings impatient() {
    auto settings = quick_settings();
    settings.answer_limit = milliseconds{300};
    settings.connect_limit = milliseconds{300};
    return settings;
}

bool is_processed(QueueWorld& world, const char* count) {
    return world.redis.probe().one({"GET", keys::processed("default")}) == count;
}

// A queue that reaches its Redis through a proxy; both end with it.
struct Proxied {
    explicit Proxied(QueueWorld& w)
        : proxy(w.loop, w.redis.socket_path()),
          queue(w.loop.get_executor(), *redis::parse_target(proxy.url()), w.clock, impatient()),
          world(w) {}
    ~Proxied() { world.run(queue.stop(seconds{1})); }
    TcpProxy proxy;
    RedisQueue queue;
    QueueWorld& world;
};

} // namespace

TEST_CASE(
    "when the answer to the end of a task is lost it is written again, and the task is not performed again") {
    QueueWorld world;
    Counter counter;
    Proxied proxied(world);
    int lost = 0;
    proxied.proxy.lose_answer_to = [&](const std::string& sent) {
        return sent.find(asynq::scripts::done().text) == sent.npos &&
               sent.find(asynq::scripts::done().sha) != sent.npos && lost++ == 0;
    };
    world.push(proxied.queue, job());
    proxied.queue.serve(counter.handler());
    REQUIRE(
        world.until([&] { return is_processed(world, "1") && proxied.queue.worker()->running().empty(); }));
    CHECK(lost >= 1);
    CHECK(counter.calls == 1);
    world.run_for(milliseconds{100});
    CHECK(counter.calls == 1);
}

TEST_CASE("when the line breaks as a task ends its end is written once there is a line again") {
    QueueWorld world;
    Gate gate(world.loop);
    Proxied proxied(world);
    world.push(proxied.queue, job());
    proxied.queue.serve(gate.handler());
    REQUIRE(world.until([&] { return gate.begun() == 1; }));
    proxied.proxy.refuse = true;
    proxied.proxy.cut();
    gate.open();
    world.run_for(milliseconds{200});
    CHECK(is_processed(world, "(nil)"));
    proxied.proxy.refuse = false;
    REQUIRE(world.until([&] { return is_processed(world, "1"); }));
    CHECK(gate.begun() == 1);
}

TEST_CASE("a push whose answer was lost may be repeated with its id, and is there once") {
    QueueWorld world;
    Proxied proxied(world);
    bool lose = true;
    proxied.proxy.lose_answer_to = [&](const std::string& sent) {
        return std::exchange(lose, lose && sent.find("EVAL") == sent.npos) && !lose;
    };
    auto pushed = job();
    pushed.id = "one";
    const auto first = world.try_push(proxied.queue, pushed);
    REQUIRE_FALSE(first);
    CHECK(first.error().code == Code::unavailable);
    REQUIRE(world.until([&] { return world.try_push(proxied.queue, pushed).value_or("") == "one"; }));
    CHECK(world.redis.probe().one({"LLEN", keys::pending("default")}) == "1");
}

TEST_CASE("a Redis that says nothing costs a caller its limit, and one that is away nothing") {
    QueueWorld world;
    Proxied proxied(world);
    world.push(proxied.queue, job());
    proxied.proxy.swallow = true;
    CHECK(world.try_push(proxied.queue, job()).error().code == Code::unavailable);
    proxied.proxy.swallow = false;
    proxied.proxy.refuse = true;
    proxied.proxy.cut();
    REQUIRE(world.until([&] { return !world.try_push(proxied.queue, job()); }));
    proxied.proxy.refuse = false;
    CHECK(world.until([&] { return world.try_push(proxied.queue, job()).has_value(); }));
}

TEST_CASE("a caller that is cancelled while Redis says nothing goes at once, and later answers find their "
          "callers") {
    QueueWorld world;
    auto& queue = world.open();
    world.push(queue, job("first"));
    world.redis.signal(SIGSTOP);
    const auto given_up = world.run(with_deadline(queue.push(job("given up")), milliseconds{20}));
    CHECK_FALSE(given_up);
    world.redis.signal(SIGCONT);
    CHECK(world.run(queue.stats("default"))->pending == 2);
    CHECK(world.push(queue, job("third")).size() == 36);
}

TEST_CASE("work goes on after Redis was restarted with its data, also without its scripts") {
    QueueWorld world({"--appendonly", "yes", "--appendfsync", "always"});
    Counter counter;
    auto& queue = world.open(impatient());
    queue.serve(counter.handler());
    world.push(queue, job());
    REQUIRE(world.until([&] { return counter.calls == 1; }));
    world.redis.probe().one({"SCRIPT", "FLUSH"});
    world.push(queue, job());
    REQUIRE(world.until([&] { return counter.calls == 2; }));
    REQUIRE(world.until([&] { return is_processed(world, "2"); }));
    world.redis.kill();
    CHECK_FALSE(world.try_push(queue, job()));
    world.redis.start();
    REQUIRE(world.until([&] { return world.try_push(queue, job()).has_value(); }));
    REQUIRE(world.until([&] { return is_processed(world, "3"); }));
    CHECK(counter.calls == 3);
}

TEST_CASE("after everything was flushed new work is announced and done; what ran ends without a fuss") {
    QueueWorld world;
    Gate gate(world.loop);
    auto& queue = world.open();
    queue.serve(gate.handler());
    world.push(queue, job());
    REQUIRE(world.until([&] { return gate.begun() == 1; }));
    world.redis.probe().one({"FLUSHALL"});
    world.redis.probe().one(
        {"SADD", "asynq:queues", "default"}); // a client announces again within ten seconds
    gate.open();
    world.push(queue, job());
    REQUIRE(world.until([&] { return is_processed(world, "1"); }));
    CHECK(gate.begun() == 2);
}

TEST_CASE("a Redis out of memory refuses pushes and still lets running tasks end") {
    QueueWorld world;
    Gate gate(world.loop);
    auto& queue = world.open();
    queue.serve(gate.handler());
    world.push(queue, job());
    REQUIRE(world.until([&] { return gate.begun() == 1; }));
    auto& probe = world.redis.probe();
    probe.one({"CONFIG", "SET", "maxmemory", "1"});
    const auto refused = world.try_push(queue, job());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::unavailable);
    gate.open();
    REQUIRE(world.until([&] { return is_processed(world, "1"); }));
    probe.one({"CONFIG", "SET", "maxmemory", "0"});
    world.push(queue, job());
    CHECK(world.until([&] { return is_processed(world, "2"); }));
}

TEST_CASE("a Redis that became a replica is waited for") {
    QueueWorld world;
    Counter counter;
    auto& queue = world.open();
    queue.serve(counter.handler());
    world.push(queue, job());
    REQUIRE(world.until([&] { return counter.calls == 1; }));
    auto& probe = world.redis.probe();
    probe.one({"REPLICAOF", "127.0.0.1", "1"});
    CHECK_FALSE(world.try_push(queue, job()));
    probe.one({"REPLICAOF", "NO", "ONE"});
    world.push(queue, job());
    CHECK(world.until([&] { return counter.calls == 2; }));
}

TEST_CASE("poison is reported and set aside one by one; everything else goes on") {
    QueueWorld world;
    world.forget_invariants(); // it breaks them by hand
    auto& probe = world.redis.probe();
    const auto plant = [&](const std::string& id, const std::string& message) {
        probe.one({"HSET", keys::task("default", id), "msg", message, "state", "pending"});
        probe.one({"LPUSH", keys::pending("default"), id});
    };
    Counter counter;
    auto& queue = world.open();
    probe.one({"LPUSH", keys::pending("default"), "ghost"});
    plant("garbage", "\xff\xff\xff");
    plant("empty", "");
    probe.one({"SET", keys::task("default", "wrong"), "a string"});
    probe.one({"LPUSH", keys::pending("default"), "wrong"});
    asynq::TaskMessage foreign;
    foreign.set_id("foreign");
    foreign.set_queue("default");
    foreign.set_type("\xff\xfe"); // what no Go program could read
    plant("foreign", foreign.SerializeAsString());
    world.push(queue, job("good"));
    queue.serve(counter.handler());
    REQUIRE(world.until([&] { return counter.calls == 2; }));
    REQUIRE(world.until([&] { return probe.one({"ZCARD", keys::archived("default")}) == "2"; }));
    CHECK(probe.one({"LLEN", keys::active("default")}) == "0");
    CHECK(probe.one({"ZCARD", keys::lease("default")}) == "0");
    CHECK(counter.deliveries.back().job.type == "good");
}

TEST_CASE("poison among expired tasks does not keep the others from being recovered") {
    QueueWorld world;
    world.forget_invariants();
    auto& probe = world.redis.probe();
    const auto plant = [&](const std::string& id, const std::string& message) {
        if (!message.empty())
            probe.one({"HSET", keys::task("default", id), "msg", message, "state", "active"});
        probe.one({"LPUSH", keys::active("default"), id});
        probe.one({"ZADD", keys::lease("default"), "1000", id});
    };
    plant("ghost", "");
    plant("garbage", "\xff\xff\xff");
    auto good = job();
    good.id = "good";
    REQUIRE(asynq::prepare(good));
    plant("good", asynq::encode(asynq::message_of(good)));
    Counter counter;
    auto& queue = world.open();
    queue.serve(counter.handler());
    REQUIRE(world.until([&] { return probe.one({"ZSCORE", keys::retry("default"), "good"}) != "(nil)"; }));
    CHECK(probe.all({"ZRANGE", keys::archived("default"), "0", "-1"}) == std::vector<std::string>{"garbage"});
    CHECK(probe.one({"LLEN", keys::active("default")}) == "0");
}

TEST_CASE("a queue whose keys have the wrong type does not hold up the others") {
    QueueWorld world;
    world.forget_invariants();
    world.redis.probe().one({"SET", keys::pending("broken"), "a string"});
    Counter counter;
    auto settings = quick_settings();
    settings.queues = {{"broken", 9}, {"default", 1}};
    settings.strict = true;
    settings.shortest_poll = settings.longest_poll = std::chrono::hours{1}; // woken as if the other were well
    auto& queue = world.open(settings);
    queue.serve(counter.handler());
    REQUIRE(world.until([&] { return queue.hears_others(); }));
    world.run_for(milliseconds{50});
    world.push(queue, job());
    CHECK(world.until([&] { return counter.calls == 1; }));
}

TEST_CASE("with Redis away for long a worker waits, and serves when it comes") {
    QueueWorld world;
    Counter counter;
    world.redis.kill();
    auto& queue = world.open(impatient());
    queue.serve(counter.handler());
    world.run_for(milliseconds{300});
    CHECK_FALSE(world.try_push(queue, job()));
    world.redis.start();
    REQUIRE(world.until([&] { return world.try_push(queue, job()).has_value(); }));
    CHECK(world.until([&] { return counter.calls == 1; }));
}

TEST_CASE("a handler that ignores its cancellation does not hold up the stop; its task is given back") {
    QueueWorld world;
    struct Stubborn {
        static asio::awaitable<Result<void>> perform(int& begun, bool& ended) {
            co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
            ++begun;
            co_await sleep_for(milliseconds{800});
            ended = true;
            co_return Result<void>{};
        }
    };
    int begun = 0;
    bool ended = false;
    auto& queue = world.open();
    const auto id = world.push(queue, job());
    queue.serve([&](const Delivery&) { return Stubborn::perform(begun, ended); });
    REQUIRE(world.until([&] { return begun == 1; }));
    world.stop(queue, milliseconds{10});
    CHECK(ended);
    CHECK(world.redis.probe().all({"LRANGE", keys::pending("default"), "0", "-1"}) == std::vector{id});
    CHECK(is_processed(world, "(nil)"));
}

TEST_CASE("a queue that has stopped refuses pushes at once, also when it was never used") {
    QueueWorld world;
    auto& queue = world.open();
    world.stop(queue);
    CHECK(world.try_push(queue, job()).error().code == Code::unavailable);
}
