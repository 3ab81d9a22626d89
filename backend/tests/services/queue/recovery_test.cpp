#include "base/deadline.hpp"
#include "services/queue/asynq/keys.hpp"
#include "services/queue/asynq/message.hpp"
#include "services/queue/asynq/scripts.hpp"
#include "services/queue/world.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::queue;
using namespace panel::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace keys = panel::queue::asynq::keys;

namespace {

// The parts of a worker, one by one, for tests that stand between two steps.
struct Parts {
    explicit Parts(QueueWorld& world, asynq::Settings s = quick_settings())
        : settings(std::move(s)),
          redis(world.loop.get_executor(), world.redis.target()),
          store(redis, world.clock, settings),
          client(redis, world.clock),
          world(world) {}
    ~Parts() { world.run(redis.stop()); }

    std::string push(Job job) { return *world.run(client.push(std::move(job))); }
    // Takes a task as a worker would that then dies.
    asynq::Found take() {
        const auto end = asynq::unix_seconds_rounded_up(world.clock.now() + settings.lease);
        auto found = world.run(store.dequeue("default", 1, end));
        return std::move(found->front());
    }
    asynq::Settings settings;
    redis::Redis redis;
    asynq::TaskStore store;
    asynq::TaskClient client;
    QueueWorld& world;
};

std::int64_t score(QueueWorld& world, const std::string& key, const std::string& id) {
    return world.redis.probe().number({"ZSCORE", key, id});
}

} // namespace

TEST_CASE("a task of a dead worker is retried once with one more failure, not before its lease and the grace "
          "are over") {
    QueueWorld world;
    Parts parts(world);
    const auto id = parts.push(job());
    parts.take();
    asynq::Recoverer recoverer(parts.store);
    auto& probe = world.redis.probe();
    world.clock.advance(seconds{58}); // lease 30, grace 30
    world.run(recoverer.recover_all());
    CHECK(probe.one({"LLEN", keys::active("default")}) == "1");
    world.clock.advance(seconds{4});
    world.run(recoverer.recover_all());
    world.run(recoverer.recover_all());
    CHECK(probe.one({"LLEN", keys::active("default")}) == "0");
    const auto message = asynq::decode(probe.hash(keys::task("default", id))["msg"]);
    CHECK(message->retried() == 1);
    CHECK(message->error_msg() == "asynq: task lease expired");
    CHECK(probe.one({"GET", keys::failed("default")}) == "1");
    const auto wait = score(world, keys::retry("default"), id) - asynq::unix_seconds(world.clock.now());
    CHECK(wait >= 15);
    CHECK(wait <= 45);
}

TEST_CASE("a dead worker's task without retries left goes to the archive") {
    QueueWorld world;
    Parts parts(world);
    auto pushed = job();
    pushed.max_retry = 0;
    parts.push(pushed);
    parts.take();
    world.clock.advance(seconds{62});
    asynq::Recoverer recoverer(parts.store);
    world.run(recoverer.recover_all());
    CHECK(world.redis.probe().one({"ZCARD", keys::archived("default")}) == "1");
}

TEST_CASE("ten recoverers at once retry each of 300 orphans exactly once") {
    QueueWorld world;
    Parts parts(world);
    for (int i = 0; i < 300; ++i) parts.push(job());
    for (int i = 0; i < 300; ++i) parts.take();
    world.clock.advance(seconds{62});
    std::vector<std::unique_ptr<Parts>> servers;
    std::vector<std::unique_ptr<asynq::Recoverer>> recoverers;
    int ended = 0;
    for (int i = 0; i < 10; ++i) {
        servers.push_back(std::make_unique<Parts>(world));
        recoverers.push_back(std::make_unique<asynq::Recoverer>(servers.back()->store));
        asio::co_spawn(world.loop, recoverers.back()->recover_all(),
                       [&ended](std::exception_ptr) { ++ended; });
    }
    REQUIRE(world.until([&] { return ended == 10; }));
    auto& probe = world.redis.probe();
    CHECK(probe.one({"ZCARD", keys::retry("default")}) == "300");
    CHECK(probe.one({"GET", keys::failed("default")}) == "300");
    for (const auto& id : probe.all({"ZRANGE", keys::retry("default"), "0", "-1"}))
        REQUIRE(asynq::decode(probe.hash(keys::task("default", id))["msg"])->retried() == 1);
}

TEST_CASE("a recoverer that was suspended between judging and moving leaves alone what was taken again") {
    QueueWorld world;
    Parts parts(world);
    const auto id = parts.push(job());
    parts.take();
    world.clock.advance(seconds{62});
    const auto cutoff = asynq::unix_seconds(world.clock.now() - parts.settings.grace);
    auto listed = world.run(parts.store.list_expired("default", cutoff)); // the suspended one has judged
    REQUIRE(listed->size() == 1);
    asynq::Recoverer other(parts.store);
    world.run(other.recover_all());
    world.clock.advance(seconds{60});
    asynq::Forwarder forwarder(world.loop.get_executor(), parts.store);
    world.run(forwarder.forward_all());
    const auto again = parts.take();
    CHECK(again.id == id);
    auto stale = parts.store.retry(*asynq::decode(*listed->front().message), world.clock.now(), true);
    auto step = asynq::TaskStore::as_recovery(std::move(stale), cutoff, *listed->front().message);
    CHECK_FALSE(*world.run(parts.store.apply(std::move(step))));
    CHECK(world.redis.probe().one({"LLEN", keys::active("default")}) == "1");
    auto done = parts.store.done(*asynq::decode(*again.message));
    CHECK(*world.run(parts.store.apply(std::move(done))));
}

TEST_CASE("a worker that was away for longer than its lease writes nothing about what it lost") {
    QueueWorld world;
    auto settings = quick_settings();
    settings.lease = milliseconds{300};
    settings.heartbeat = std::chrono::hours{1}; // as if it were suspended: no lease is extended
    Gate gate(world.loop);
    auto& queue = world.open(settings);
    queue.serve(gate.handler());
    const auto id = world.push(queue, job());
    REQUIRE(world.until([&] { return gate.begun() == 1; }));
    REQUIRE(world.until([&] { return gate.cancelled() == 1; })); // its lease is over: it is told to stop
    world.run_for(milliseconds{50});
    auto& probe = world.redis.probe();
    CHECK(probe.one({"LLEN", keys::active("default")}) == "1");
    CHECK(probe.one({"GET", keys::processed("default")}) == "(nil)");
    CHECK(score(world, keys::lease("default"), id) > 0);
}

TEST_CASE("the heartbeat keeps the lease of a long task") {
    QueueWorld world;
    auto settings = quick_settings();
    settings.heartbeat = milliseconds{50};
    Gate gate(world.loop);
    auto& queue = world.open(settings);
    queue.serve(gate.handler());
    const auto id = world.push(queue, job());
    REQUIRE(world.until([&] { return gate.begun() == 1; }));
    const auto before = score(world, keys::lease("default"), id);
    world.clock.advance(seconds{20});
    CHECK(world.until([&] { return score(world, keys::lease("default"), id) >= before + 20; }));
    gate.open();
    CHECK(world.until([&] { return world.redis.probe().one({"GET", keys::processed("default")}) == "1"; }));
}

TEST_CASE("an active task that lost its lease gets one after two looks, and is recovered") {
    QueueWorld world;
    Parts parts(world);
    const auto id = parts.push(job());
    parts.take();
    auto& probe = world.redis.probe();
    probe.one({"DEL", keys::lease("default")}); // evicted, or lost in a failover
    asynq::Recoverer recoverer(parts.store);
    world.run(recoverer.recover_all());
    CHECK(probe.one({"ZCARD", keys::lease("default")}) == "0");
    world.run(recoverer.recover_all());
    CHECK(probe.one({"ZCARD", keys::lease("default")}) == "1");
    world.clock.advance(seconds{32});
    world.run(recoverer.recover_all());
    CHECK(probe.one({"ZSCORE", keys::retry("default"), id}) != "(nil)");
}

TEST_CASE("an expired lock or another's lock is left alone; the own one is released by success and kept by "
          "the archive") {
    QueueWorld world;
    Parts parts(world);
    auto pushed = job("unique", "same");
    pushed.unique_for = std::chrono::hours{1};
    const auto first = parts.push(pushed);
    auto& probe = world.redis.probe();
    const auto lock = keys::unique("default", "unique", "same");
    CHECK(probe.one({"GET", lock}) == first);
    CHECK(probe.hash(keys::task("default", first))["unique_key"] == lock);
    CHECK(world.run(parts.client.push(pushed)).error().code == Code::conflict);
    auto taken = parts.take();
    CHECK(*world.run(parts.store.apply(parts.store.done(*asynq::decode(*taken.message)))));
    CHECK(probe.one({"EXISTS", lock}) == "0");
    parts.push(pushed);
    taken = parts.take();
    CHECK(*world.run(parts.store.apply(parts.store.archive(*asynq::decode(*taken.message)))));
    CHECK(probe.one({"GET", lock}) == taken.id);
    CHECK(world.run(parts.client.push(pushed)).error().code == Code::conflict);
}

TEST_CASE("an id that is taken leaves no lock behind") {
    QueueWorld world;
    Parts parts(world);
    auto pushed = job("a");
    pushed.id = "fixed";
    parts.push(pushed);
    pushed.type = "b";
    pushed.unique_for = seconds{60};
    CHECK(world.run(parts.client.push(pushed)).error().code == Code::conflict);
    CHECK(world.redis.probe().one({"EXISTS", keys::unique("default", "b", "{}")}) == "0");
}

TEST_CASE("a scheduled job waits for its time, rounded up, and its lock for longer") {
    QueueWorld world;
    Parts parts(world);
    auto pushed = job();
    pushed.run_at = Timestamp{std::chrono::floor<seconds>(world.clock.now())} + milliseconds{60'500};
    pushed.unique_for = seconds{30};
    const auto id = parts.push(pushed);
    auto& probe = world.redis.probe();
    CHECK(score(world, keys::scheduled("default"), id) == asynq::unix_seconds(*pushed.run_at) + 1);
    CHECK(probe.hash(keys::task("default", id))["state"] == "scheduled");
    const auto ttl = probe.number({"TTL", keys::unique("default", "test", "{}")});
    CHECK(ttl >= 88);
    CHECK(ttl <= 91);
    asynq::Forwarder forwarder(world.loop.get_executor(), parts.store);
    world.run(forwarder.forward_all());
    CHECK(probe.one({"LLEN", keys::pending("default")}) == "0");
    world.clock.advance(milliseconds{61'500});
    world.run(forwarder.forward_all());
    CHECK(probe.all({"LRANGE", keys::pending("default"), "0", "-1"}) == std::vector{id});
    CHECK(probe.hash(keys::task("default", id)).contains("pending_since"));
}

TEST_CASE("a task of a group that another program scheduled goes to its group, which is then listed") {
    QueueWorld world;
    Parts parts(world);
    auto pushed = job();
    pushed.run_at = world.clock.now() + seconds{1};
    const auto id = parts.push(pushed);
    auto& probe = world.redis.probe();
    probe.one({"HSET", keys::task("default", id), "group", "g1"});
    world.clock.advance(seconds{3});
    asynq::Forwarder forwarder(world.loop.get_executor(), parts.store);
    world.run(forwarder.forward_all());
    CHECK(probe.one({"ZCARD", "asynq:{default}:g:g1"}) == "1");
    CHECK(probe.all({"SMEMBERS", keys::groups("default")}) == std::vector<std::string>{"g1"});
    CHECK(probe.hash(keys::task("default", id))["state"] == "aggregating");
}

TEST_CASE(
    "the archive keeps 9,999 and drops with their hashes what is older than ninety days, however many") {
    QueueWorld world;
    Parts parts(world);
    auto& probe = world.redis.probe();
    const auto fill = [&](int count, std::int64_t at) {
        probe.one({"EVAL", R"(for i = 1, tonumber(ARGV[1]) do
            local id = ARGV[2] .. "-" .. i
            redis.call("ZADD", KEYS[1], ARGV[2], id)
            redis.call("HSET", "asynq:{default}:t:" .. id, "msg", "", "state", "archived") end)",
                   "1", keys::archived("default"), std::to_string(count), std::to_string(at)});
    };
    world.forget_invariants(); // these have no messages
    const auto archive_one = [&] {
        parts.push(job());
        const auto taken = parts.take();
        REQUIRE(*world.run(parts.store.apply(parts.store.archive(*asynq::decode(*taken.message)))));
    };
    fill(9'500, 1'000);
    archive_one();
    CHECK(probe.one({"ZCARD", keys::archived("default")}) == "1");
    CHECK(probe.all({"KEYS", "asynq:{default}:t:*"}).size() == 1);
    fill(10'004, asynq::unix_seconds(world.clock.now()) - 10);
    archive_one();
    CHECK(probe.one({"ZCARD", keys::archived("default")}) == "9999");
    CHECK(probe.all({"KEYS", "asynq:{default}:t:*"}).size() == 9'999);
}

TEST_CASE("a retry keeps fields that we do not know, in the message and beside it") {
    QueueWorld world;
    Parts parts(world);
    const auto id = parts.push(job());
    auto& probe = world.redis.probe();
    const auto task = keys::task("default", id);
    const std::string unknown("\x9a\x06\x03new", 6);
    probe.one({"HSET", task, "msg", probe.hash(task)["msg"] + unknown, "theirs", "kept"});
    const auto taken = parts.take();
    auto message = asynq::decode(*taken.message);
    CHECK(*world.run(parts.store.apply(parts.store.retry(*message, world.clock.now(), true))));
    CHECK(probe.hash(task)["msg"].find(unknown) != std::string::npos);
    CHECK(probe.hash(task)["theirs"] == "kept");
}

TEST_CASE("with fencing a task that another worker took again is not ended by the first one") {
    QueueWorld world;
    Parts parts(world);
    parts.push(job());
    const auto first = parts.take();
    auto& probe = world.redis.probe();
    const auto ours = score(world, keys::lease("default"), first.id);
    probe.one({"ZADD", keys::lease("default"), std::to_string(ours + 60), first.id}); // the other's lease
    const auto message = asynq::decode(*first.message);
    CHECK_FALSE(*world.run(parts.store.apply(parts.store.done(*message), ours)));
    CHECK(probe.one({"LLEN", keys::active("default")}) == "1");
    CHECK(*world.run(parts.store.apply(parts.store.done(*message))));
}
