// Measures the Redis queue against a Redis that is already there, and prints one JSON object:
//   queue_bench throughput URL TASKS CONCURRENCY   tasks that are waiting, an empty handler: tasks a second
//   queue_bench pickup URL TASKS                   one task at a time: from push to the handler's start
//   queue_bench proxy PORT SOCKET MICROSECONDS     no measurement: a TCP port before a unix socket, each way
//   later
#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "services/queue/redis_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace panel;
using Steady = std::chrono::steady_clock;
using std::chrono::microseconds;

// What arrives on one side is written to the other after the delay, in order, however much is on its way.
template <class From, class To>
asio::awaitable<void> delay(std::shared_ptr<From> from, std::shared_ptr<To> to, microseconds later) {
    struct Piece {
        Steady::time_point due;
        std::string bytes;
    };
    struct Line {
        explicit Line(const asio::any_io_executor& executor)
            : arrived(executor, asio::steady_timer::time_point::max()) {}
        std::deque<Piece> pieces;
        asio::steady_timer arrived;
        bool closed = false;
        static asio::awaitable<void> write(std::shared_ptr<Line> line, std::shared_ptr<To> to) {
            asio::steady_timer timer(co_await asio::this_coro::executor);
            for (;;) {
                if (line->pieces.empty()) {
                    if (line->closed) co_return;
                    co_await line->arrived.async_wait(asio::as_tuple(asio::use_awaitable));
                    continue;
                }
                auto piece = std::move(line->pieces.front());
                line->pieces.pop_front();
                timer.expires_at(piece.due);
                co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
                co_await asio::async_write(*to, asio::buffer(piece.bytes),
                                           asio::as_tuple(asio::use_awaitable));
            }
        }
    };
    const auto executor = co_await asio::this_coro::executor;
    auto line = std::make_shared<Line>(executor);
    asio::co_spawn(executor, Line::write(line, to), [](std::exception_ptr) {});
    std::array<char, 65'536> buffer{};
    for (;;) {
        const auto [error, count] =
            co_await from->async_read_some(asio::buffer(buffer), asio::as_tuple(asio::use_awaitable));
        if (error) break;
        line->pieces.push_back({Steady::now() + later, std::string(buffer.data(), count)});
        line->arrived.cancel();
    }
    line->closed = true;
    line->arrived.cancel();
    boost::system::error_code ignored;
    to->close(ignored);
}

asio::awaitable<void> serve_proxy(asio::io_context& loop, std::uint16_t port, std::string path,
                                  microseconds later) {
    asio::ip::tcp::acceptor acceptor(loop, {asio::ip::make_address("127.0.0.1"), port});
    for (;;) {
        auto accepting = acceptor.async_accept(asio::use_awaitable);
        auto client = std::make_shared<asio::ip::tcp::socket>(co_await std::move(accepting));
        client->set_option(asio::ip::tcp::no_delay(true));
        auto server = std::make_shared<asio::local::stream_protocol::socket>(loop);
        server->connect(asio::local::stream_protocol::endpoint(path));
        asio::co_spawn(loop, delay(client, server, later), [](std::exception_ptr) {});
        asio::co_spawn(loop, delay(server, client, later), [](std::exception_ptr) {});
    }
}

struct Measurement {
    explicit Measurement(asio::io_context& loop) : ended(loop, asio::steady_timer::time_point::max()) {}
    std::size_t begun = 0;
    std::size_t expected = 0;
    Steady::time_point pushed_at;
    std::vector<double> waits_ms;
    asio::steady_timer ended;

    static asio::awaitable<Result<void>> perform(Measurement& measurement) {
        measurement.waits_ms.push_back(
            std::chrono::duration<double, std::milli>(Steady::now() - measurement.pushed_at).count());
        if (++measurement.begun >= measurement.expected) measurement.ended.cancel();
        co_return Result<void>{};
    }
};

asio::awaitable<void> push(queue::RedisQueue& queue, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        queue::Job job;
        job.type = "bench";
        job.payload = R"({"n":1})";
        auto pushing = queue.push(std::move(job));
        const auto pushed = co_await std::move(pushing);
        if (!pushed) throw std::runtime_error(pushed.error().message);
    }
}

asio::awaitable<void> drain(queue::RedisQueue& queue) {
    while (!queue.worker()->running().empty()) co_await sleep_for(std::chrono::milliseconds{1});
}

asio::awaitable<void> measure_throughput(asio::io_context& loop, queue::RedisQueue& queue,
                                         std::size_t tasks) {
    std::size_t pushing = 0; // enqueueing is not what is measured: many at once
    constexpr std::size_t pushers = 200;
    for (std::size_t i = 0; i < pushers; ++i) {
        ++pushing;
        asio::co_spawn(loop, push(queue, tasks / pushers), [&pushing](std::exception_ptr) { --pushing; });
    }
    while (pushing > 0) co_await sleep_for(std::chrono::milliseconds{5});
    Measurement measurement(loop);
    measurement.expected = tasks / pushers * pushers;
    const auto began = Steady::now();
    queue.serve([&measurement](const queue::Delivery&) { return Measurement::perform(measurement); });
    co_await measurement.ended.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await drain(queue);
    const std::chrono::duration<double> took = Steady::now() - began;
    fmt::print("{{\"tasks\":{},\"seconds\":{:.4f},\"per_second\":{:.1f}}}\n", measurement.begun, took.count(),
               static_cast<double>(measurement.begun) / took.count());
    co_await queue.stop(std::chrono::seconds{5});
}

asio::awaitable<void> measure_pickup(asio::io_context& loop, queue::RedisQueue& queue,
                                     queue::RedisQueue& client, std::size_t tasks) {
    Measurement measurement(loop);
    queue.serve([&measurement](const queue::Delivery&) { return Measurement::perform(measurement); });
    while (!queue.hears_others()) co_await sleep_for(std::chrono::milliseconds{5});
    for (std::size_t i = 0; i < tasks; ++i) {
        co_await sleep_for(std::chrono::milliseconds{50}); // the worker's polls have become rare by then
        measurement.expected = i + 1;
        measurement.ended.expires_at(asio::steady_timer::time_point::max());
        measurement.pushed_at = Steady::now();
        co_await push(client, 1);
        if (measurement.begun < measurement.expected)
            co_await measurement.ended.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    auto& waits = measurement.waits_ms;
    std::ranges::sort(waits);
    fmt::print("{{\"tasks\":{},\"p50_ms\":{:.3f},\"p99_ms\":{:.3f},\"max_ms\":{:.3f}}}\n", waits.size(),
               waits[waits.size() / 2], waits[waits.size() * 99 / 100], waits.back());
    co_await queue.stop(std::chrono::seconds{5});
    co_await client.stop(std::chrono::seconds{5});
}

int run(const std::vector<std::string>& words) {
    asio::io_context loop(1);
    int status = 0;
    const auto ended = [&status](std::exception_ptr failure) {
        if (!failure) return;
        status = 1;
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            fmt::print(stderr, "queue_bench: {}\n", error.what());
        }
    };
    const SystemClock clock;
    if (words[0] == "proxy") {
        const auto port = static_cast<std::uint16_t>(std::stoi(words.at(1)));
        asio::co_spawn(loop, serve_proxy(loop, port, words.at(2), microseconds{std::stoi(words.at(3))}),
                       ended);
        loop.run();
        return status;
    }
    queue::asynq::Settings settings;
    const auto tasks = static_cast<std::size_t>(std::stoul(words.at(2)));
    if (words.size() > 3) settings.concurrency = std::stoul(words[3]);
    auto target = queue::redis::parse_target(words.at(1));
    if (!target) throw std::runtime_error(target.error().message);
    queue::RedisQueue queue(loop.get_executor(), *target, clock, settings);
    queue::RedisQueue client(loop.get_executor(), *target, clock, settings);
    if (words[0] == "pickup")
        asio::co_spawn(loop, measure_pickup(loop, queue, client, tasks), ended);
    else
        asio::co_spawn(loop, measure_throughput(loop, queue, tasks), ended);
    loop.run();
    return status;
}

} // namespace

int main(int count, char** words) {
    if (count < 4) {
        fmt::print(stderr, "queue_bench throughput|pickup|proxy ...: see the head of its source\n");
        return 2;
    }
    try {
        return run({words + 1, words + count});
    } catch (const std::exception& error) {
        fmt::print(stderr, "queue_bench: {}\n", error.what());
        return 1;
    }
}
