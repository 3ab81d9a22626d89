// Measures the embedded queue and the database below it, in a database without anything else, and prints one
// JSON object:
//   database_bench queue URL JOBS GROUPS      jobs pushed by 64 at once and done by an empty handler, each
//   durable at its push and at its end; GROUPS 0: no job waits for another
//   database_bench writes URL WRITES WRITERS  rows written, each durable before its writer goes on
#include "base/clock.hpp"
#include "database/database.hpp"
#include "database/settings_repo.hpp"
#include "services/jobs/embedded_queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace panel;
using Steady = std::chrono::steady_clock;

constexpr int pushers = 64;
constexpr int concurrency = 512;
constexpr std::size_t pool_threads = 4; // as the server
constexpr std::size_t readers = 3;
constexpr std::chrono::minutes limit{5};

struct Tally {
    int all = 0;
    int begun = 0;
    int done = 0;
};

void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
}

asio::awaitable<Result<void>> count(Tally& tally) {
    ++tally.done;
    co_return Result<void>{};
}

asio::awaitable<void> push(jobs::EmbeddedQueue& queue, Tally& tally, int groups) {
    while (tally.begun < tally.all) {
        const auto number = ++tally.begun;
        queue::Job job;
        job.type = "empty";
        job.payload = R"({"n":1})";
        if (groups > 0) job.group = std::to_string(number % groups);
        auto pushing = queue.push(std::move(job));
        const auto pushed = co_await std::move(pushing);
        if (!pushed) throw std::runtime_error(pushed.error().message);
    }
}

asio::awaitable<void> write(database::Database& database, Tally& tally, int writer) {
    const auto name = fmt::format("writer {}", writer);
    while (tally.begun < tally.all) {
        const auto value = std::to_string(++tally.begun);
        auto put = [&](soci::session& session) { database::put_setting(session, name, value); };
        co_await database.write(std::move(put));
        ++tally.done;
    }
}

// Until everything is done; prints how long it took.
void measure(asio::io_context& loop, Tally& tally) {
    const auto began = Steady::now();
    while (tally.done < tally.all && loop.run_one_until(began + limit) > 0) {
    }
    const std::chrono::duration<double> took = Steady::now() - began;
    if (tally.done < tally.all) throw std::runtime_error("it was not done in time");
    fmt::print("{{\"done\":{},\"seconds\":{:.4f},\"per_second\":{:.1f}}}\n", tally.done, took.count(),
               tally.done / took.count());
}

void measure_queue(asio::io_context& loop, database::Database& database, Tally& tally, int groups) {
    const SystemClock clock;
    jobs::EmbeddedSettings settings;
    settings.owner = "bench";
    settings.concurrency = concurrency;
    settings.retry_delay = [](int) { return std::chrono::seconds{15}; };
    jobs::EmbeddedQueue queue(loop.get_executor(), database, clock, std::move(settings));
    queue.serve([&tally](const queue::Delivery&) { return count(tally); });
    for (int i = 0; i < pushers; ++i) asio::co_spawn(loop, push(queue, tally, groups), rethrow);
    measure(loop, tally);
    bool stopped = false;
    asio::co_spawn(loop, queue.stop(std::chrono::seconds{5}),
                   [&stopped](std::exception_ptr) { stopped = true; });
    while (!stopped) loop.run_one();
}

void run(const std::vector<std::string>& words) {
    asio::thread_pool pool(pool_threads);
    const auto database = database::Database::open(words.at(1), pool, readers);
    asio::io_context loop(1);
    const auto work = asio::make_work_guard(loop);
    Tally tally{.all = std::stoi(words.at(2))};
    const auto last = std::stoi(words.at(3));
    if (words[0] == "queue") {
        measure_queue(loop, *database, tally, last);
    } else {
        for (int i = 0; i < last; ++i) asio::co_spawn(loop, write(*database, tally, i), rethrow);
        measure(loop, tally);
    }
    pool.join();
}

} // namespace

int main(int count, char** words) {
    if (count != 5) {
        fmt::print(stderr, "database_bench queue|writes URL ...: see the head of its source\n");
        return 2;
    }
    try {
        spdlog::set_level(spdlog::level::warn); // the figure alone goes to the output
        run({words + 1, words + count});
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "database_bench: {}\n", error.what());
        return 1;
    }
}
