// The embedded queue on a real database: leases, order, retry, archive, pause, cancel, several processes.
#include "services/jobs/embedded_queue.hpp"

#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace panel;
using namespace std::chrono_literals;
using queue::Delivery;
using queue::Job;
using Names = std::vector<std::string>;

namespace asio = boost::asio;

namespace {

// What the handlers of a test saw and do. A held job ends when it is let go, or cancelled.
struct Script {
    explicit Script(asio::io_context& loop) : gate(loop, asio::steady_timer::time_point::max()) {}
    Names begun;
    Names ended;                       // "<payload>" or "<payload> cancelled"
    std::deque<Result<void>> outcomes; // of the next tries; then success
    bool hold = false;
    asio::steady_timer gate;
    std::vector<Delivery> deliveries;
    void let_go() {
        hold = false;
        gate.cancel();
    }
};

asio::awaitable<Result<void>> perform(Script& script, Delivery delivery) {
    const auto name = delivery.job.payload;
    script.begun.push_back(name);
    script.deliveries.push_back(delivery);
    if (script.hold) {
        co_await script.gate.async_wait(asio::as_tuple(asio::use_awaitable));
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) {
            script.ended.push_back(name + " cancelled");
            co_return fail(Code::cancelled, "cancelled");
        }
    }
    script.ended.push_back(name);
    if (name == "throws") throw std::runtime_error("it broke");
    Result<void> outcome;
    if (!script.outcomes.empty()) {
        outcome = script.outcomes.front();
        script.outcomes.pop_front();
    }
    co_return outcome;
}

struct Setting {
    asio::io_context loop{1};
    test::TempDatabase temp;
    Script script{loop};
    std::chrono::milliseconds heartbeat{20}; // of queues that are added later
    std::deque<std::unique_ptr<jobs::EmbeddedQueue>> queues;

    ~Setting() {
        script.let_go();
        for (auto& each : queues)
            if (each) run(each->stop(0ms));
    }
    template <class T> T run(asio::awaitable<T> task) { return test::run(loop, std::move(task)); }

    jobs::EmbeddedQueue& add(const std::string& owner = "a", int concurrency = 10) {
        jobs::EmbeddedSettings settings;
        settings.owner = owner;
        settings.concurrency = concurrency;
        settings.longest_wait = 5ms; // of the real clock; what is due is decided by the manual one
        settings.heartbeat = heartbeat;
        settings.stop_limit = 500ms;
        settings.retry_delay = [](int retried) { return std::chrono::seconds{15 + retried}; };
        queues.push_back(std::make_unique<jobs::EmbeddedQueue>(loop.get_executor(), *temp.database,
                                                               temp.clock, std::move(settings)));
        return *queues.back();
    }
    jobs::EmbeddedQueue& serve(const std::string& owner = "a", int concurrency = 10) {
        auto& queue = add(owner, concurrency);
        queue.serve([this](Delivery delivery) { return perform(script, std::move(delivery)); });
        return queue;
    }
    Job job(const std::string& payload, const std::string& group = "") const {
        Job out;
        out.type = "test";
        out.payload = payload;
        out.group = group;
        return out;
    }
    void push(jobs::EmbeddedQueue& queue, Job pushed) { CHECK(run(queue.push(std::move(pushed)))); }
    void until(const std::function<bool()>& condition) {
        const auto end = std::chrono::steady_clock::now() + 30s;
        loop.restart();
        while (!condition() && loop.run_one_until(end) > 0) {
        }
        REQUIRE(condition());
    }
    queue::QueueStats stats(jobs::EmbeddedQueue& queue) { return run(queue.stats("default")).value(); }
    void until_stats(jobs::EmbeddedQueue& queue,
                     const std::function<bool(const queue::QueueStats&)>& condition) {
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (std::chrono::steady_clock::now() < end)
            if (condition(stats(queue))) return;
        FAIL("the queue did not get there");
    }
    // As a process that was killed: nothing of it runs any more, and it wrote nothing.
    void kill(std::size_t index) {
        temp.write([](soci::session& session) {
            session << "UPDATE jobs SET fence = fence + 1 WHERE state = 'active'";
        });
        run(queues[index]->stop(0ms));
        queues[index].reset();
    }
};

} // namespace

TEST_CASE("a job reaches the handler with all its bytes, and is gone when it has ended") {
    Setting setting;
    auto& queue = setting.serve();
    auto job = setting.job(std::string("\0\xff bytes", 8));
    job.headers = {{"trace", "1"}, {"odd", std::string("\xfe\0", 2)}};
    job.id = "one";
    job.group = "g";
    const auto payload = job.payload;
    const auto headers = job.headers;
    CHECK(setting.run(queue.push(std::move(job))).value() == "one");
    setting.until([&] { return setting.script.ended.size() == 1; });
    const auto& delivery = setting.script.deliveries.front();
    CHECK(delivery.job.payload == payload);
    CHECK(delivery.job.headers == headers);
    CHECK(delivery.job.type == "test");
    CHECK(delivery.job.id == "one");
    CHECK(delivery.retried == 0);
    setting.until_stats(queue, [](const auto& s) { return s.processed == 1 && s.active == 0; });
    CHECK(setting.stats(queue).pending == 0);
    CHECK(setting.stats(queue).completed == 0);
}

TEST_CASE("what cannot be a job is refused") {
    Setting setting;
    auto& queue = setting.add();
    auto blank = setting.job("x");
    blank.type = " ";
    CHECK(setting.run(queue.push(blank)).error().code == Code::invalid);
    auto braces = setting.job("x");
    braces.queue = "{x}";
    CHECK(setting.run(queue.push(braces)).error().code == Code::invalid);
}

TEST_CASE("an id is taken once, and an equal job once while its lock lasts") {
    Setting setting;
    auto& queue = setting.add();
    auto job = setting.job("x");
    job.id = "one";
    setting.push(queue, job);
    CHECK(setting.run(queue.push(job)).error().code == Code::conflict);
    auto unique = setting.job("y");
    unique.unique_for = 30s;
    setting.push(queue, unique);
    CHECK(setting.run(queue.push(unique)).error().code == Code::conflict);
    auto other = setting.job("z");
    other.unique_for = 30s;
    setting.push(queue, other);
    setting.temp.clock.advance(30s);
    setting.push(queue, unique);
}

TEST_CASE("a lock ends with the job that holds it") {
    Setting setting;
    auto& queue = setting.serve();
    auto job = setting.job("x");
    job.unique_for = 1h;
    job.retention = 1h;
    setting.push(queue, job);
    setting.until_stats(queue, [](const auto& s) { return s.completed == 1; });
    setting.push(queue, job);
    setting.until_stats(queue, [](const auto& s) { return s.completed == 2; });
}

TEST_CASE("jobs of a group go one at a time in order, and groups take turns") {
    Setting setting;
    auto& queue = setting.add("a", 1);
    for (const auto* name : {"a1", "a2", "a3"}) setting.push(queue, setting.job(name, "a"));
    setting.push(queue, setting.job("b1", "b"));
    setting.push(queue, setting.job("b2", "b"));
    setting.push(queue, setting.job("c1", "c"));
    queue.serve([&](Delivery delivery) { return perform(setting.script, std::move(delivery)); });
    setting.until([&] { return setting.script.ended.size() == 6; });
    CHECK(setting.script.begun == Names{"a1", "b1", "c1", "a2", "b2", "a3"});
}

TEST_CASE("a group that comes late does not wait behind another group's thousand jobs") {
    Setting setting;
    auto& queue = setting.add("a", 1);
    for (int i = 0; i < 1'000; ++i) setting.push(queue, setting.job("many", "many"));
    setting.script.hold = true;
    queue.serve([&](Delivery delivery) { return perform(setting.script, std::move(delivery)); });
    setting.until([&] { return setting.script.begun.size() == 1; });
    setting.push(queue, setting.job("late", "late"));
    setting.script.let_go();
    setting.until([&] { return setting.script.begun.size() >= 3; });
    CHECK((setting.script.begun[1] == "late" || setting.script.begun[2] == "late"));
}

TEST_CASE("of a group one job runs at a time however many places and processes there are") {
    Setting setting;
    auto& one = setting.serve("a");
    setting.serve("b");
    setting.script.hold = true;
    setting.push(one, setting.job("first", "g"));
    setting.push(one, setting.job("second", "g"));
    setting.push(one, setting.job("alone"));
    setting.until([&] { return setting.script.begun.size() == 2; });
    CHECK(std::ranges::find(setting.script.begun, "second") == setting.script.begun.end());
    setting.script.let_go();
    setting.until([&] { return setting.script.ended.size() == 3; });
    CHECK(setting.script.ended.back() == "second");
}

TEST_CASE("a failure is retried after its delay, outside its group, with what is known of it") {
    Setting setting;
    auto& queue = setting.serve();
    setting.script.outcomes = {fail(Code::internal, "no luck")};
    setting.push(queue, setting.job("bad", "g"));
    setting.push(queue, setting.job("next", "g"));
    setting.until([&] { return setting.script.ended.size() == 2; });
    CHECK(setting.script.ended == Names{"bad", "next"});
    setting.until_stats(queue, [](const auto& s) { return s.retry == 1 && s.failed == 1; });
    setting.temp.clock.advance(14s);
    queue.ring();
    CHECK(setting.stats(queue).retry == 1);
    setting.temp.clock.advance(1s);
    setting.until([&] { return setting.script.ended.size() == 3; });
    CHECK(setting.script.deliveries.back().retried == 1);
    CHECK(setting.script.deliveries.back().last_error == "no luck");
}

TEST_CASE("an exception counts as a failure, and the last failure archives") {
    Setting setting;
    auto& queue = setting.serve();
    auto job = setting.job("throws");
    job.max_retry = 1;
    setting.push(queue, job);
    setting.until_stats(queue, [](const auto& s) { return s.retry == 1; });
    setting.temp.clock.advance(15s);
    setting.until_stats(queue, [](const auto& s) { return s.archived == 1; });
    CHECK(setting.script.begun.size() == 2);
    CHECK(setting.script.deliveries.back().last_error == "it broke");
    setting.temp.clock.advance(24h * 91);
    setting.until_stats(queue, [](const auto& s) { return s.archived == 0; });
}

TEST_CASE("what cannot succeed is archived at once") {
    Setting setting;
    auto& queue = setting.serve();
    setting.script.outcomes = {fail(Code::invalid, "nonsense")};
    setting.push(queue, setting.job("x"));
    setting.until_stats(queue, [](const auto& s) { return s.archived == 1; });
    CHECK(setting.script.begun.size() == 1);
}

TEST_CASE("a job waits for its time, and a deadline that has passed is a failure") {
    Setting setting;
    auto& queue = setting.serve();
    auto later = setting.job("later");
    later.run_at = setting.temp.clock.now() + 1min;
    setting.push(queue, later);
    auto late = setting.job("late");
    late.deadline = setting.temp.clock.now() - 1s;
    late.max_retry = 0;
    setting.push(queue, late);
    setting.until_stats(queue, [](const auto& s) { return s.scheduled == 1 && s.archived == 1; });
    CHECK(setting.script.begun.empty());
    setting.temp.clock.advance(1min);
    setting.until([&] { return setting.script.ended == Names{"later"}; });
}

TEST_CASE("a try that takes too long is cancelled and counts as a failure") {
    Setting setting;
    auto& queue = setting.serve();
    setting.script.hold = true;
    auto job = setting.job("slow");
    job.timeout = 20ms;
    setting.push(queue, job);
    setting.until([&] { return setting.script.ended == Names{"slow cancelled"}; });
    setting.until_stats(queue, [](const auto& s) { return s.retry == 1; });
}

TEST_CASE("a completed job is kept for its retention") {
    Setting setting;
    auto& queue = setting.serve();
    auto job = setting.job("x");
    job.retention = 1h;
    setting.push(queue, job);
    setting.until_stats(queue, [](const auto& s) { return s.completed == 1; });
    setting.temp.clock.advance(1h + 1min);
    setting.until_stats(queue, [](const auto& s) { return s.completed == 0; });
}

TEST_CASE("a paused queue takes pushes and hands out nothing until it goes on") {
    Setting setting;
    auto& queue = setting.serve();
    CHECK(setting.run(queue.pause("default")));
    CHECK(setting.run(queue.pause("default")));
    setting.push(queue, setting.job("x"));
    setting.temp.clock.advance(10s);
    const auto paused = setting.stats(queue);
    CHECK(paused.paused);
    CHECK(paused.pending == 1);
    CHECK(paused.latency == 10s);
    CHECK(setting.script.begun.empty());
    CHECK(setting.run(queue.resume("default")));
    setting.until([&] { return setting.script.ended == Names{"x"}; });
}

TEST_CASE("a job is cancelled wherever it runs") {
    Setting setting;
    auto& one = setting.add("a");
    setting.serve("b");
    setting.script.hold = true;
    auto job = setting.job("x");
    job.id = "one";
    job.max_retry = 0;
    setting.push(one, job);
    setting.until([&] { return setting.script.begun.size() == 1; });
    CHECK(setting.run(one.cancel("one")));
    setting.until([&] { return setting.script.ended == Names{"x cancelled"}; });
    setting.until_stats(one, [](const auto& s) { return s.archived == 1; });
    CHECK(setting.run(one.cancel("unknown")));
}

TEST_CASE("a graceful end hands back to the head without counting a failure") {
    Setting setting;
    auto& first = setting.serve("a");
    setting.script.hold = true;
    setting.push(first, setting.job("one", "g"));
    setting.push(first, setting.job("two", "g"));
    setting.until([&] { return setting.script.begun.size() == 1; });
    setting.run(first.stop(0ms));
    CHECK(setting.script.ended == Names{"one cancelled"});
    CHECK(setting.run(first.push(setting.job("late"))).error().code == Code::unavailable);
    setting.script.let_go();
    setting.serve("b");
    setting.until([&] { return setting.script.ended.size() == 3; });
    CHECK(setting.script.ended == Names{"one cancelled", "one", "two"});
    CHECK(setting.script.deliveries[1].retried == 0);
}

TEST_CASE(
    "what a killed process held goes on when its lease has run out, and its late answer changes nothing") {
    Setting setting;
    auto& killed = setting.serve("a");
    setting.script.hold = true;
    setting.push(killed, setting.job("x"));
    setting.until([&] { return setting.script.begun.size() == 1; });
    setting.kill(0);
    setting.script.let_go();
    auto& other = setting.serve("b");
    CHECK(setting.stats(other).active == 1);
    setting.temp.clock.advance(30s);
    setting.until_stats(other, [](const auto& s) { return s.retry == 1; });
    setting.temp.clock.advance(15s);
    setting.until([&] { return setting.script.ended.size() == 2; });
    CHECK(setting.script.ended == Names{"x cancelled", "x"});
    CHECK(setting.script.deliveries.back().retried == 1);
    setting.until_stats(other, [](const auto& s) { return s.active + s.retry + s.pending == 0; });
}

TEST_CASE("a process that was killed and started again has its jobs back at once, until they have killed it "
          "too often") {
    Setting setting;
    auto& first = setting.serve("a");
    setting.script.hold = true;
    auto job = setting.job("poison");
    job.max_retry = 2;
    setting.push(first, job);
    for (std::size_t life = 1; life <= 3; ++life) {
        setting.until([&] { return setting.script.begun.size() == life; });
        CHECK(setting.script.deliveries.back().retried == static_cast<int>(life) - 1);
        setting.kill(life - 1);
        setting.serve("a");
    }
    auto& last = *setting.queues.back();
    setting.push(last, setting.job("healthy"));
    setting.until([&] { return setting.script.begun.back() == "healthy"; });
    setting.temp.clock.advance(30s);
    setting.until_stats(last, [](const auto& s) { return s.archived == 1; });
    CHECK(setting.script.begun.size() == 4);
}

TEST_CASE("a lease that is lost cancels the handler, and nothing of it is written") {
    Setting setting;
    auto& queue = setting.serve();
    setting.script.hold = true;
    setting.push(queue, setting.job("x"));
    setting.until([&] { return setting.script.begun.size() == 1; });
    setting.temp.write([](soci::session& session) { session << "UPDATE jobs SET fence = fence + 1"; });
    setting.until([&] { return setting.script.ended == Names{"x cancelled"}; });
    CHECK(setting.stats(queue).active == 1);
    CHECK(setting.stats(queue).processed == 0);
}

TEST_CASE("a database that fails costs a wait, not the queue") {
    Setting setting;
    auto& queue = setting.serve();
    setting.temp.write([](soci::session& session) { session << "ALTER TABLE jobs RENAME TO gone"; });
    CHECK(setting.run(queue.push(setting.job("lost"))).error().code == Code::unavailable);
    CHECK(setting.run(queue.stats("default")).error().code == Code::unavailable);
    setting.temp.write([](soci::session& session) { session << "ALTER TABLE gone RENAME TO jobs"; });
    setting.push(queue, setting.job("x"));
    setting.until([&] { return setting.script.ended == Names{"x"}; });
}

TEST_CASE("the place of a job that ended takes the next one in the same commit") {
    Setting setting;
    setting.heartbeat = 1h; // it commits, too
    auto& queue = setting.add("a", 1);
    for (const auto* name : {"one", "two", "three", "four", "five", "six", "seven", "eight"})
        setting.push(queue, setting.job(name, "group"));
    const auto before = setting.temp.database->generation();
    queue.serve([&setting](Delivery delivery) { return perform(setting.script, std::move(delivery)); });
    setting.until([&setting] { return setting.script.ended.size() == 8; });
    setting.until([&] { return setting.stats(queue).processed == 8; });
    CHECK(setting.script.ended == Names{"one", "two", "three", "four", "five", "six", "seven", "eight"});
    // One for each, and some for the beginning: what a dead process held, the first take. Two for each
    // were 16.
    CHECK(setting.temp.database->generation() - before < 14);
}

TEST_CASE("a queue that stops while a job ends begins no other") {
    Setting setting;
    setting.script.hold = true;
    auto& queue = setting.serve("a", 1);
    for (const auto* name : {"one", "two", "three"}) setting.push(queue, setting.job(name));
    setting.until([&setting] { return setting.script.begun.size() == 1; });
    auto stopping = queue.stop(5s);
    setting.script.let_go(); // it ends as the queue stops
    setting.run(std::move(stopping));
    CHECK(setting.script.begun == Names{"one"});
    const auto stats = setting.stats(queue);
    CHECK(stats.active == 0);
    CHECK(stats.pending == 2);
    CHECK(stats.processed == 1);
}
