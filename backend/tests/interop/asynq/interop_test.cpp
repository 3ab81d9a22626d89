#include "base/deadline.hpp"
#include "interop/asynq/peer.hpp"
#include "services/queue/asynq/keys.hpp"
#include "services/queue/asynq/message.hpp"

#include <doctest/doctest.h>

#include <set>
#include <unistd.h>

using namespace panel;
using namespace panel::queue;
using namespace panel::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace keys = panel::queue::asynq::keys;

namespace {

std::string text(const boost::json::object& object, const char* name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}
std::int64_t number(const boost::json::object& object, const char* name) {
    return object.at(name).to_number<std::int64_t>();
}

// What a task of each kind does here: as the Go side does it.
struct Kinds {
    std::multiset<std::string> ids;
    std::vector<Delivery> deliveries;
    static asio::awaitable<Result<void>> perform(Kinds& kinds, Delivery delivery) {
        kinds.ids.insert(delivery.job.id);
        const auto type = delivery.job.type;
        kinds.deliveries.push_back(std::move(delivery));
        if (type == "fail") co_return fail(Code::internal, "bytes \xff\xfe in it");
        if (type == "final") co_return fail(Code::invalid, "no use");
        if (type == "wait") {
            co_await sleep_for(std::chrono::hours{1});
            co_return fail(Code::cancelled, "It was told to stop.");
        }
        co_return Result<void>{};
    }
    Handler handler() {
        return [this](Delivery delivery) { return perform(*this, std::move(delivery)); };
    }
};

template <class Body> void with_each(const Body& body) {
    for (const auto& program : Peer::programs()) {
        INFO(program);
        QueueWorld world;
        Peer go(world, program);
        body(world, go);
    }
}

std::string state_in_go(Peer& go, const std::string& id) {
    return text(go.one("task", R"({"id":")" + id + R"("})"), "state");
}

} // namespace

TEST_CASE("what Go enqueues is performed here, each once, and Go counts it") {
    with_each([](QueueWorld& world, Peer& go) {
        Kinds kinds;
        auto& queue = world.open();
        queue.serve(kinds.handler());
        go.all("enqueue", R"({"type":"mixed","payload":"päyload \u0000","count":500})");
        REQUIRE(world.until([&] { return kinds.ids.size() == 500; }));
        REQUIRE(world.until([&] { return queue.worker()->running().empty(); }));
        CHECK(std::set<std::string>(kinds.ids.begin(), kinds.ids.end()).size() == 500);
        CHECK(kinds.deliveries[0].job.payload == std::string("p\xC3\xA4yload \0", 10));
        const auto info = go.one("info");
        CHECK(number(info, "processed") == 500);
        CHECK(number(info, "today") == 500);
        CHECK(number(info, "failed") == 0);
        CHECK(world.redis.probe().all({"KEYS", "asynq:{default}:t:*"}).empty());
    });
}

TEST_CASE("Go reads what became of its tasks: completed with a result, failed, given up") {
    with_each([](QueueWorld& world, Peer& go) {
        Kinds kinds;
        auto& queue = world.open();
        queue.serve(kinds.handler());
        go.one("enqueue", R"({"type":"ok","id":"kept","retention":3600})");
        go.one("enqueue", R"({"type":"fail","id":"failed"})");
        go.one("enqueue", R"({"type":"fail","id":"last","max_retry":0})");
        go.one("enqueue", R"({"type":"final","id":"final"})");
        auto& probe = world.redis.probe();
        REQUIRE(world.until([&] { return probe.one({"GET", keys::processed("default")}) == "4"; }));
        CHECK(world.run(queue.write_result("default", "kept", "the result")));
        const auto kept = go.one("task", R"({"id":"kept"})");
        CHECK(text(kept, "state") == "completed");
        CHECK(text(kept, "result") == "the result");
        CHECK(kept.at("completed").as_bool());
        const auto failed = go.one("task", R"({"id":"failed"})");
        CHECK(text(failed, "state") == "retry");
        CHECK(number(failed, "retried") == 1);
        CHECK(text(failed, "last_error") == "bytes \xEF\xBF\xBD\xEF\xBF\xBD in it");
        const auto wait = number(failed, "next") - asynq::unix_seconds(world.clock.now());
        CHECK(wait >= 14);
        CHECK(wait <= 46);
        CHECK(state_in_go(go, "last") == "archived");
        CHECK(state_in_go(go, "final") == "archived");
        CHECK(number(go.one("info"), "failed") == 3);
        CHECK(go.all("list", R"({"state":"archived"})").size() == 2);
    });
}

TEST_CASE("Go cancels, pauses, resumes and may not touch what runs here") {
    with_each([](QueueWorld& world, Peer& go) {
        Kinds kinds;
        auto& queue = world.open();
        queue.serve(kinds.handler());
        REQUIRE(world.until([&] { return queue.hears_others(); }));
        go.one("enqueue", R"({"type":"wait","id":"long"})");
        REQUIRE(world.until([&] { return kinds.ids.size() == 1; }));
        for (const auto* action : {"run", "archive", "delete"})
            CHECK(!text(go.one("act", std::string(R"({"id":"long","action":")") + action + "\"}"), "error")
                       .empty());
        CHECK(go.all("act", R"({"action":"pause"})").empty());
        go.one("enqueue", R"({"type":"ok","id":"waits"})");
        CHECK(go.all("act", R"({"action":"cancel","id":"long"})").empty());
        auto& probe = world.redis.probe();
        REQUIRE(
            world.until([&] { return probe.one({"ZSCORE", keys::retry("default"), "long"}) != "(nil)"; }));
        CHECK(text(go.one("task", R"({"id":"long"})"), "last_error") == "context canceled");
        CHECK(kinds.ids.count("waits") == 0);
        CHECK(go.one("info").at("paused").as_bool());
        CHECK(go.all("act", R"({"action":"resume"})").empty());
        REQUIRE(world.until([&] { return kinds.ids.count("waits") == 1; }));
        CHECK(go.all("act", R"({"action":"archive","id":"long"})").empty());
        CHECK(go.all("act", R"({"action":"delete","id":"long"})").empty());
    });
}

TEST_CASE("Go lists this server with its tasks, and no more once it has stopped") {
    with_each([](QueueWorld& world, Peer& go) {
        Kinds kinds;
        auto settings = quick_settings();
        settings.queues = {{"high", 3}, {"default", 1}};
        settings.strict = true;
        settings.heartbeat = seconds{1};
        auto& queue = world.open(settings);
        queue.serve(kinds.handler());
        world.push(queue, job("wait"));
        boost::json::object server;
        REQUIRE(world.until([&] {
            server = go.one("servers");
            return server.contains("active") && number(server, "active") == 1;
        }));
        CHECK(number(server, "pid") == ::getpid());
        CHECK(text(server, "status") == "active");
        CHECK(server.at("strict").as_bool());
        CHECK(number(server.at("queues").as_object(), "high") == 3);
        CHECK(number(server, "started") == asynq::unix_seconds(world.clock.now()));
        world.stop(queue, milliseconds{10});
        CHECK(go.all("servers").empty());
        CHECK(go.all("list", R"({"state":"pending"})").size() == 1);
    });
}

TEST_CASE("what is pushed here Go performs: payload, headers, failure, a time, a result") {
    with_each([](QueueWorld& world, Peer& go) {
        auto& queue = world.open();
        auto first = job("ok", "any bytes");
        first.headers["trace"] = "7";
        const auto id = world.push(queue, first);
        auto server = go.serve();
        const auto event = go.event(*server);
        CHECK(text(event, "id") == id);
        CHECK(text(event, "payload") == "YW55IGJ5dGVz"); // base64: Go's []byte
        if (go.has_headers()) CHECK(text(event.at("headers").as_object(), "trace") == "7");
        auto failing = job("fail");
        failing.id = "failing";
        world.push(queue, failing);
        go.event(*server);
        auto keeping = job("result");
        keeping.id = "keeping";
        keeping.retention = std::chrono::hours{1};
        keeping.run_at = SystemClock{}.now() + milliseconds{300};
        world.push(queue, keeping);
        const auto begun = go.event(*server);
        CHECK(text(begun, "id") == "keeping");
        CHECK(SystemClock{}.now() >= *keeping.run_at);
        auto& probe = world.redis.probe();
        REQUIRE(world.until([&] { return probe.one({"GET", keys::processed("default")}) == "3"; }));
        CHECK(asynq::decode(probe.hash(keys::task("default", "failing"))["msg"])->error_msg() ==
              "go says no");
        CHECK(probe.hash(keys::task("default", "keeping"))["result"] == "from go");
    });
}

TEST_CASE("locks and ids that are taken here are taken for Go, and the other way round") {
    with_each([](QueueWorld& world, Peer& go) {
        auto& queue = world.open();
        auto unique = job("unique", "same");
        unique.unique_for = seconds{60};
        unique.id = "first";
        world.push(queue, unique);
        const auto again = R"({"type":"unique","payload":"same","unique":60})";
        CHECK(text(go.one("enqueue", again), "error") == "duplicate");
        CHECK(text(go.one("enqueue", R"({"type":"x","id":"first"})"), "error") == "conflict");
        CHECK(text(go.one("enqueue", R"({"type":"other","payload":"p","id":"theirs","unique":60})"), "error")
                  .empty());
        auto other = job("other", "p");
        other.unique_for = seconds{60};
        CHECK(world.try_push(queue, other).error().code == Code::conflict);
        Kinds kinds;
        queue.serve(kinds.handler());
        REQUIRE(world.until([&] { return kinds.ids.size() == 2 && queue.worker()->running().empty(); }));
        CHECK(text(go.one("enqueue", again), "error").empty()); // success released the lock
        REQUIRE(world.until([&] { return kinds.ids.size() == 3 && queue.worker()->running().empty(); }));
    });
}

TEST_CASE("the same job leaves the same keys, fields and bytes, whoever pushes it") {
    with_each([](QueueWorld& world, Peer& go) {
        auto& probe = world.redis.probe();
        const auto dump = [&] {
            std::map<std::string, std::map<std::string, std::string>> all;
            for (const auto& key : probe.keys()) {
                const auto type = probe.one({"TYPE", key});
                if (type == "hash")
                    all[key] = probe.hash(key);
                else if (type == "string")
                    all[key]["value"] = probe.one({"GET", key});
                else if (type == "list")
                    all[key]["value"] = probe.one({"LRANGE", key, "0", "-1"});
                else
                    all[key]["type"] = type;
                all[key].erase("pending_since");
            }
            probe.one({"FLUSHALL"});
            return all;
        };
        const auto compare = [&](const Job& ours, const std::string& theirs) {
            auto& queue = world.open();
            world.push(queue, ours);
            const auto mine = dump();
            go.one("enqueue", theirs);
            CHECK(mine == dump());
        };
        auto plain = job("t", "p");
        plain.id = "1";
        compare(plain, R"({"type":"t","payload":"p","id":"1"})");
        auto all = plain;
        all.queue = "q2";
        all.max_retry = 3;
        all.timeout = seconds{90};
        all.retention = seconds{600};
        compare(
            all,
            R"({"type":"t","payload":"p","id":"1","queue":"q2","max_retry":3,"timeout":90,"retention":600})");
        auto unique = plain;
        unique.unique_for = seconds{60};
        compare(unique, R"({"type":"t","payload":"p","id":"1","unique":60})");
        auto scheduled = plain;
        scheduled.run_at = world.clock.now() + std::chrono::hours{1};
        compare(scheduled, R"({"type":"t","payload":"p","id":"1","process_in":3600})");
    });
}

TEST_CASE("a task of a Go server that is killed is recovered here") {
    with_each([](QueueWorld& world, Peer& go) {
        auto& queue = world.open();
        auto server = go.serve();
        auto waiting = job("wait");
        waiting.id = "orphan";
        world.push(queue, waiting);
        go.event(*server);
        server.reset(); // killed
        Kinds kinds;
        world.clock.advance(seconds{70});
        queue.serve(kinds.handler());
        REQUIRE(world.until([&] { return state_in_go(go, "orphan") == "retry"; }));
        const auto task = go.one("task", R"({"id":"orphan"})");
        CHECK(number(task, "retried") == 1);
        CHECK(text(task, "last_error") == "asynq: task lease expired");
    });
}

TEST_CASE("a task whose worker here died is recovered by a Go server") {
    with_each([](QueueWorld& world, Peer& go) {
        auto& client = world.open();
        auto dying = job("ok");
        dying.id = "orphan";
        world.push(client, dying);
        redis::Redis redis(world.loop.get_executor(), world.redis.target());
        const auto settings = quick_settings();
        asynq::TaskStore store(redis, world.clock, settings);
        auto taken = world.run(store.dequeue("default", 1, asynq::unix_seconds(world.clock.now()) - 60));
        REQUIRE(taken->size() == 1);
        CHECK(go.all("list", R"({"state":"active"})").front().as_object().at("orphaned").as_bool());
        auto server = go.serve();
        REQUIRE(world.until([&] { return state_in_go(go, "orphan") == "retry"; }));
        CHECK(number(go.one("info"), "failed") == 1);
        world.run(redis.stop());
    });
}

TEST_CASE("Go and this server share the work of a queue: nothing is lost, nothing is done twice") {
    with_each([](QueueWorld& world, Peer& go) {
        Kinds kinds;
        auto& queue = world.open();
        auto server = go.serve();
        queue.serve(kinds.handler());
        go.all("enqueue", R"({"type":"mixed","count":300})");
        for (int i = 0; i < 300; ++i) world.push(queue, job());
        auto& probe = world.redis.probe();
        REQUIRE(world.until([&] { return probe.one({"GET", keys::processed("default")}) == "600"; }));
        std::set<std::string> theirs;
        for (auto left = 600 - kinds.ids.size(); left > 0; --left)
            theirs.insert(text(go.event(*server), "id"));
        CHECK(theirs.size() + kinds.ids.size() == 600);
        for (const auto& id : kinds.ids) CHECK_FALSE(theirs.contains(id));
        CHECK(number(go.one("info"), "processed") == 600);
        CHECK(number(go.one("info"), "failed") == 0);
    });
}
