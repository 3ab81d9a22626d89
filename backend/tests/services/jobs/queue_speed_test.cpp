// How many jobs a second the embedded queue takes and does, each durable at push and at its end. Skipped
// unless asked for: test_jobs --no-skip --test-case="*a second*"
#include "services/jobs/embedded_queue.hpp"

#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <string>

using namespace panel;

namespace {

constexpr int all_jobs = 20'000;
constexpr int pushers = 256;

struct Tally {
    int pushed = 0;
    int done = 0;
};

boost::asio::awaitable<Result<void>> count(Tally& tally) {
    ++tally.done;
    co_return Result<void>{};
}

boost::asio::awaitable<void> push_all(jobs::EmbeddedQueue& queue, Tally& tally, int groups) {
    while (tally.pushed < all_jobs) {
        const auto number = ++tally.pushed;
        queue::Job job;
        job.type = "empty";
        job.payload = R"({"n":1})";
        if (groups > 0) job.group = std::to_string(number % groups);
        (void)co_await queue.push(std::move(job));
    }
}

double measure(int groups) {
    test::TempDatabase temp;
    boost::asio::io_context loop{1};
    Tally tally;
    jobs::EmbeddedSettings settings;
    settings.owner = "bench";
    settings.concurrency = 512;
    settings.retry_delay = [](int) { return std::chrono::seconds{15}; };
    jobs::EmbeddedQueue queue(loop.get_executor(), *temp.database, temp.clock, std::move(settings));
    queue.serve([&tally](queue::Delivery) { return count(tally); });
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < pushers; ++i)
        boost::asio::co_spawn(loop, push_all(queue, tally, groups), boost::asio::detached);
    const auto end = begin + std::chrono::minutes{5};
    while (tally.done < all_jobs && loop.run_one_until(end) > 0) {
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    test::run(loop, queue.stop(std::chrono::seconds{5}));
    CHECK(tally.done == all_jobs);
    return all_jobs / taken.count();
}

} // namespace

TEST_CASE("jobs a second, alone and in a hundred groups" * doctest::skip()) {
    MESSAGE("without groups: " << measure(0) << " a second");
    MESSAGE("in 100 groups: " << measure(100) << " a second");
}
