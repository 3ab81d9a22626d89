#include "base/deadline.hpp"
#include "services/queue/asynq/keys.hpp"
#include "services/queue/asynq/message.hpp"
#include "services/queue/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace panel;
using namespace panel::queue;
using namespace panel::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace keys = panel::queue::asynq::keys;

TEST_CASE("a pushed job is performed once and leaves nothing but counters") {
    QueueWorld world;
    Counter counter;
    auto& queue = world.open();
    queue.serve(counter.handler());
    auto pushed = job("deploy", std::string("\0\xff payload", 10));
    pushed.headers["trace"] = "7";
    const auto id = world.push(queue, pushed);
    REQUIRE(world.until([&] { return world.redis.probe().one({"GET", keys::processed("default")}) == "1"; }));
    CHECK(counter.calls == 1);
    CHECK(counter.deliveries[0].job.id == id);
    CHECK(counter.deliveries[0].job.payload == pushed.payload);
    CHECK(counter.deliveries[0].job.headers == pushed.headers);
    world.stop(queue);
    CHECK(world.redis.probe().keys() ==
          std::set<std::string>{"asynq:queues", keys::processed("default"),
                                keys::on_day(keys::processed("default"), world.clock.now())});
}

TEST_CASE("a thousand jobs of several clients each run once, at most as many at a time as there are slots") {
    QueueWorld world;
    struct Load {
        int now = 0, most = 0, calls = 0;
        static asio::awaitable<Result<void>> perform(Load& load) {
            load.most = std::max(load.most, ++load.now);
            co_await sleep_for(milliseconds{1});
            --load.now;
            ++load.calls;
            co_return Result<void>{};
        }
    } load;
    auto settings = quick_settings();
    settings.concurrency = 7;
    auto& queue = world.open(settings);
    for (int i = 0; i < 1'000; ++i) world.push(queue, job());
    queue.serve([&load](const Delivery&) { return Load::perform(load); });
    REQUIRE(
        world.until([&] { return world.redis.probe().one({"GET", keys::processed("default")}) == "1000"; }));
    CHECK(load.calls == 1'000);
    CHECK(load.most == 7);
}

TEST_CASE("a job pushed by another process is picked up at once, although the idle worker polls slowly") {
    QueueWorld world;
    Counter counter;
    auto settings = quick_settings();
    settings.shortest_poll = settings.longest_poll = std::chrono::hours{1}; // only the wake-up helps
    auto& worker = world.open(settings);
    auto& client = world.open();
    worker.serve(counter.handler());
    REQUIRE(world.until([&] { return worker.hears_others(); }));
    world.run_for(milliseconds{50}); // the first look has found nothing
    world.push(client, job());
    CHECK(world.until([&] { return counter.calls == 1; }));
}

TEST_CASE("a failed job is retried after its delay with its error kept, and archived after the last retry") {
    QueueWorld world;
    int calls = 0;
    struct Failing {
        static asio::awaitable<Result<void>> perform(int& count) {
            ++count;
            co_return fail(Code::internal, "no \xff luck");
        }
    };
    auto settings = quick_settings();
    settings.retry_delay = [](int) { return seconds{60}; };
    auto& queue = world.open(settings);
    queue.serve([&calls](const Delivery&) { return Failing::perform(calls); });
    auto pushed = job();
    pushed.max_retry = 1;
    const auto id = world.push(queue, pushed);
    auto& probe = world.redis.probe();
    REQUIRE(world.until([&] { return probe.one({"ZCARD", keys::retry("default")}) == "1"; }));
    const auto due = probe.number({"ZSCORE", keys::retry("default"), id});
    CHECK(due - asynq::unix_seconds(world.clock.now()) >= 60);
    CHECK(due - asynq::unix_seconds(world.clock.now()) <= 61);
    auto message = asynq::decode(probe.hash(keys::task("default", id))["msg"]);
    REQUIRE(message);
    CHECK(message->retried() == 1);
    CHECK(message->error_msg() == "no \xEF\xBF\xBD luck");
    CHECK(message->last_failed_at() == asynq::unix_seconds(world.clock.now()));
    CHECK(probe.one({"GET", keys::failed("default")}) == "1");
    world.clock.advance(seconds{62});
    REQUIRE(world.until([&] { return probe.one({"ZCARD", keys::archived("default")}) == "1"; }));
    CHECK(calls == 2);
    CHECK(probe.one({"GET", keys::failed("default")}) == "2");
    CHECK(probe.one({"GET", keys::processed("default")}) == "2");
}

TEST_CASE(
    "an error that trying again cannot mend archives at once; one that is no failure uses up no retry") {
    QueueWorld world;
    struct Judging {
        static asio::awaitable<Result<void>> perform(Delivery delivery) {
            if (delivery.job.type == "wrong") co_return fail(Code::invalid, "payload: is wrong");
            co_return fail(Code::too_many_requests, "later");
        }
    };
    auto settings = quick_settings();
    settings.is_failure = [](const Error& error) { return error.code != Code::too_many_requests; };
    auto& queue = world.open(settings);
    queue.serve([](Delivery delivery) { return Judging::perform(std::move(delivery)); });
    world.push(queue, job("wrong"));
    const auto later = world.push(queue, job("later"));
    auto& probe = world.redis.probe();
    REQUIRE(world.until([&] {
        return probe.one({"ZCARD", keys::archived("default")}) == "1" &&
               probe.one({"ZCARD", keys::retry("default")}) == "1";
    }));
    const auto message = asynq::decode(probe.hash(keys::task("default", later))["msg"]);
    CHECK(message->retried() == 0);
    CHECK(message->error_msg() == "later");
    CHECK(probe.one({"GET", keys::failed("default")}) == "1");
}

TEST_CASE("a handler that throws has failed") {
    QueueWorld world;
    struct Throwing {
        static asio::awaitable<Result<void>> perform() {
            throw std::runtime_error("out of \xff\xfe");
            co_return Result<void>{};
        }
    };
    auto& queue = world.open();
    queue.serve([](const Delivery&) { return Throwing::perform(); });
    const auto id = world.push(queue, job());
    auto& probe = world.redis.probe();
    REQUIRE(world.until([&] { return probe.one({"ZCARD", keys::retry("default")}) == "1"; }));
    const auto message = asynq::decode(probe.hash(keys::task("default", id))["msg"]);
    CHECK(message->error_msg() == "out of \xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a completed job stays for its retention with its result, then goes") {
    QueueWorld world;
    Counter counter;
    auto& queue = world.open();
    queue.serve(counter.handler());
    auto pushed = job();
    pushed.retention = milliseconds{1'500}; // counts as two seconds
    const auto id = world.push(queue, pushed);
    auto& probe = world.redis.probe();
    REQUIRE(world.until([&] { return probe.one({"ZCARD", keys::completed("default")}) == "1"; }));
    CHECK(world.run(queue.write_result("default", id, "done")));
    const auto task = probe.hash(keys::task("default", id));
    CHECK(task.at("result") == "done");
    CHECK(asynq::decode(task.at("msg"))->completed_at() == asynq::unix_seconds(world.clock.now()));
    world.clock.advance(seconds{3});
    REQUIRE(world.until([&] { return probe.one({"ZCARD", keys::completed("default")}) == "0"; }));
    CHECK(world.run(queue.write_result("default", id, "late")).error().code == Code::not_found);
    CHECK(probe.one({"EXISTS", keys::task("default", id)}) == "0");
}

TEST_CASE("a try that takes longer than its timeout is cancelled and fails with asynq's words") {
    QueueWorld world;
    Gate gate(world.loop);
    auto& queue = world.open();
    queue.serve(gate.handler());
    auto pushed = job();
    pushed.timeout = seconds{5};
    const auto id = world.push(queue, pushed);
    REQUIRE(world.until([&] { return gate.begun() == 1; }));
    world.clock.advance(seconds{6});
    auto& probe = world.redis.probe();
    REQUIRE(world.until([&] { return probe.one({"ZCARD", keys::retry("default")}) == "1"; }));
    CHECK(gate.cancelled() == 1);
    CHECK(asynq::decode(probe.hash(keys::task("default", id))["msg"])->error_msg() ==
          "context deadline exceeded");
}

TEST_CASE("a job whose deadline has passed fails without calling the handler") {
    QueueWorld world;
    Counter counter;
    auto& queue = world.open();
    auto pushed = job();
    pushed.deadline = world.clock.now() - seconds{10};
    world.push(queue, pushed);
    queue.serve(counter.handler());
    REQUIRE(world.until([&] { return world.redis.probe().one({"ZCARD", keys::retry("default")}) == "1"; }));
    CHECK(counter.calls == 0);
}

TEST_CASE("cancel reaches the handler wherever it runs; the try counts as failed") {
    QueueWorld world;
    Gate gate(world.loop);
    auto& worker = world.open();
    auto& client = world.open();
    worker.serve(gate.handler());
    REQUIRE(world.until([&] { return worker.hears_others(); }));
    const auto id = world.push(client, job());
    REQUIRE(world.until([&] { return gate.begun() == 1; }));
    CHECK(world.run(client.cancel(id)));
    auto& probe = world.redis.probe();
    REQUIRE(world.until([&] { return probe.one({"ZCARD", keys::retry("default")}) == "1"; }));
    CHECK(gate.cancelled() == 1);
    CHECK(asynq::decode(probe.hash(keys::task("default", id))["msg"])->error_msg() == "context canceled");
}

TEST_CASE("a paused queue hands out nothing, and goes on when resumed") {
    QueueWorld world;
    Counter counter;
    auto& queue = world.open();
    CHECK(world.run(queue.pause("default")));
    CHECK(world.run(queue.pause("default"))); // repeating is no error
    world.push(queue, job());
    queue.serve(counter.handler());
    world.run_for(milliseconds{100});
    CHECK(counter.calls == 0);
    CHECK(world.run(queue.stats("default"))->paused);
    CHECK(world.run(queue.resume("default")));
    CHECK(world.until([&] { return counter.calls == 1; }));
}

TEST_CASE(
    "stopping waits for handlers, then hands back at the head what still runs, without counting a failure") {
    QueueWorld world;
    Gate gate(world.loop);
    auto settings = quick_settings();
    settings.concurrency = 1;
    auto& queue = world.open(settings);
    const auto first = world.push(queue, job());
    const auto second = world.push(queue, job());
    queue.serve(gate.handler());
    REQUIRE(world.until([&] { return gate.begun() == 1; }));
    world.stop(queue, milliseconds{20});
    CHECK(gate.cancelled() == 1);
    auto& probe = world.redis.probe();
    CHECK(probe.all({"LRANGE", keys::pending("default"), "0", "-1"}) ==
          std::vector<std::string>{second, first});
    CHECK(asynq::decode(probe.hash(keys::task("default", first))["msg"])->retried() == 0);
    CHECK(probe.one({"GET", keys::processed("default")}) == "(nil)");
    CHECK(probe.one({"EXISTS", "asynq:servers", "asynq:workers"}) == "0");
}

TEST_CASE("a server shows itself, its tasks and its queues, and goes from the lists when it stops") {
    QueueWorld world;
    Gate gate(world.loop);
    auto settings = quick_settings();
    settings.queues = {{"high", 6}, {"default", 1}};
    auto& queue = world.open(settings);
    queue.serve(gate.handler());
    const auto id = world.push(queue, job("deploy"));
    auto& probe = world.redis.probe();
    REQUIRE(world.until([&] { return gate.begun() == 1; }));
    const auto name = [&] { return probe.one({"ZRANGE", "asynq:workers", "0", "-1"}); };
    REQUIRE(world.until([&] { return probe.one({"HLEN", name()}) == "1"; }));
    asynq::WorkerInfo running;
    REQUIRE(running.ParseFromString(probe.hash(name())[id]));
    CHECK(running.task_type() == "deploy");
    CHECK(running.deadline().seconds() - running.start_time().seconds() == 1'800);
    asynq::ServerInfo server;
    const auto server_key = probe.one({"ZRANGE", "asynq:servers", "0", "-1"});
    REQUIRE(server.ParseFromString(probe.one({"GET", server_key})));
    CHECK(server.status() == "active");
    CHECK(server.queues_size() == 2);
    CHECK(server.active_worker_count() == 1);
    CHECK(server_key.find(server.server_id()) != std::string::npos);
    gate.open();
    world.stop(queue);
    CHECK(probe.one({"EXISTS", "asynq:servers", "asynq:workers", server_key}) == "0");
}

TEST_CASE("queues get their share by weight, and strictly by weight when told so") {
    for (const bool strict : {false, true}) {
        QueueWorld world;
        Counter counter;
        auto settings = quick_settings();
        settings.concurrency = 1;
        settings.queues = {{"a", 6}, {"b", 3}, {"c", 1}, {"off", 0}};
        settings.strict = strict;
        auto& queue = world.open(settings);
        for (const auto* name : {"a", "b", "c", "off"}) {
            for (int i = 0; i < 600; ++i) {
                auto pushed = job();
                pushed.queue = name;
                world.push(queue, pushed);
            }
        }
        queue.serve(counter.handler());
        REQUIRE(world.until([&] { return counter.calls >= 600; }));
        const auto of = [&](const std::string& name) {
            return std::ranges::count_if(
                counter.deliveries.begin(), counter.deliveries.begin() + 600,
                [&](const Delivery& delivery) { return delivery.job.queue == name; });
        };
        CHECK(of("off") == 0);
        if (strict) {
            CHECK(of("a") == 600);
        } else {
            CHECK(of("a") > 600 * 50 / 100);
            CHECK(of("b") > 600 * 20 / 100);
            CHECK(of("c") > 600 * 4 / 100);
        }
    }
}
