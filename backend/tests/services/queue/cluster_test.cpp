#include "base/deadline.hpp"
#include "net/process.hpp"
#include "services/queue/asynq/keys.hpp"
#include "services/queue/world.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::queue;
using namespace panel::test;

namespace keys = panel::queue::asynq::keys;

namespace {

// Three masters on loopback ports, joined by Redis' own tool.
struct Cluster {
    Cluster() {
        const std::vector<std::string> options{"--cluster-enabled", "yes", "--cluster-node-timeout", "2000"};
        std::vector<std::string> argv{"redis-cli", "--cluster", "create"};
        for (int i = 0; i < 3; ++i) {
            // The bus listens 10,000 ports above.
            std::uint16_t port = free_port();
            while (port > 50'000) port = free_port();
            masters.push_back(std::make_unique<RedisServer>(options, port));
            argv.push_back("127.0.0.1:" + std::to_string(port));
        }
        argv.push_back("--cluster-yes");
        net::ProcessSpec spec;
        spec.argv = argv;
        const auto exit = test::run(net::run_process(std::move(spec)), std::chrono::seconds{60});
        REQUIRE(exit);
        REQUIRE_MESSAGE(exit->exit_code == 0, exit->standard_output);
        for (const auto& master : masters)
            while (master->probe().one({"CLUSTER", "INFO"}).find("cluster_state:ok") == std::string::npos)
                test::run(sleep_for(std::chrono::milliseconds{20})); // each learns it by itself
    }
    redis::Target target() const {
        std::string url = "redis-cluster://";
        for (const auto& master : masters) url += "127.0.0.1:" + std::to_string(master->port()) + ",";
        url.pop_back();
        return *redis::parse_target(url);
    }
    std::vector<std::unique_ptr<RedisServer>> masters;
};

} // namespace

TEST_CASE("queues of a three-master cluster work, each on the node of its name, also while a slot moves") {
    Cluster cluster;
    boost::asio::io_context loop(1);
    const SystemClock clock;
    Counter counter;
    auto settings = quick_settings();
    settings.queues = {{"default", 1}, {"high", 1}, {"low", 1}, {"fourth", 1}};
    RedisQueue queue(loop.get_executor(), cluster.target(), clock, settings);
    RedisQueue client(loop.get_executor(), cluster.target(), clock, settings);
    queue.serve(counter.handler());
    const auto push_everywhere = [&] {
        for (const auto& [name, weight] : settings.queues) {
            auto pushed = job();
            pushed.queue = name;
            pushed.unique_for = std::chrono::hours{1};
            pushed.payload = std::to_string(counter.calls);
            const auto id = test::run(loop, client.push(std::move(pushed)));
            REQUIRE_MESSAGE(id, id.error().message);
        }
    };
    const auto until = [&](int calls) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (counter.calls < calls && std::chrono::steady_clock::now() < end) {
            loop.restart();
            loop.run_one_for(std::chrono::milliseconds{5});
        }
        return counter.calls == calls;
    };
    push_everywhere();
    CHECK(until(4));
    std::set<std::string> holders;
    for (const auto& master : cluster.masters)
        if (!master->probe().keys().empty()) holders.insert(master->url());
    CHECK(holders.size() > 1);

    // The slot of "default" goes to another master: clients that know the old one are sent on.
    const auto slot = std::to_string(redis::slot_of(keys::pending("default")));
    RedisServer* from = nullptr;
    RedisServer* to = nullptr;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (from == nullptr && std::chrono::steady_clock::now() < end) { // a handler ends before its task does
        loop.restart();
        loop.run_one_for(std::chrono::milliseconds{5});
        for (const auto& master : cluster.masters)
            (master->probe().one({"EXISTS", keys::processed("default")}) == "1" ? from : to) = master.get();
    }
    REQUIRE(from != nullptr);
    const auto from_id = from->probe().one({"CLUSTER", "MYID"});
    const auto to_id = to->probe().one({"CLUSTER", "MYID"});
    to->probe().one({"CLUSTER", "SETSLOT", slot, "IMPORTING", from_id});
    from->probe().one({"CLUSTER", "SETSLOT", slot, "MIGRATING", to_id});
    for (;;) {
        const auto left = from->probe().all({"CLUSTER", "GETKEYSINSLOT", slot, "100"});
        if (left.empty()) break;
        std::vector<std::string> move{"MIGRATE", "127.0.0.1", std::to_string(to->port()), "", "0",
                                      "5000",    "KEYS"};
        move.insert(move.end(), left.begin(), left.end());
        REQUIRE(from->probe().one(move) == "OK");
    }
    // While it moves Redis runs nothing that names several keys of it (TRYAGAIN); what names one is sent on
    // by ASK.
    CHECK(test::run(loop, client.pause("default")));
    CHECK(test::run(loop, client.resume("default")));
    for (auto* master : {to, from}) master->probe().one({"CLUSTER", "SETSLOT", slot, "NODE", to_id});
    push_everywhere(); // MOVED
    CHECK(until(8));
    CHECK(to->probe().one({"GET", keys::processed("default")}) != "(nil)");
    test::run(loop, queue.stop(std::chrono::seconds{5}));
    test::run(loop, client.stop(std::chrono::seconds{5}));
    for (const auto& master : cluster.masters) {
        // The set of queues is on one node only, so that check is not for a single master.
        for (const auto& sentence : broken_invariants(master->probe()))
            if (sentence.find("among the queues") == std::string::npos) FAIL_CHECK(sentence);
    }
}
