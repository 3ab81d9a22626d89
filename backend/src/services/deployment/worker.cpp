#include "services/deployment/worker.hpp"

#include "base/crash_point.hpp"
#include "database/database.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace panel::deployment {

namespace {
constexpr std::chrono::milliseconds longest_wait{5'000}; // finds what a lost ring or another process left
constexpr std::chrono::milliseconds retry_wait{1'000};   // after the database failed
} // namespace

Worker::Worker(asio::any_io_executor executor, Ports& ports, Runner& runner, JobBell& bell)
    : ports_(ports), runner_(runner), bell_(bell), tasks_(std::move(executor)) {}

void Worker::start() { tasks_.spawn("worker", claim_jobs()); }

asio::awaitable<void> Worker::stop(std::chrono::milliseconds patience) {
    stopping_ = true;
    bell_.ring();
    co_await runner_.stop(patience);
    co_await tasks_.stop(patience);
    co_await give_back_leases();
}

asio::awaitable<void> Worker::give_back_leases() {
    auto release = [this](soci::session& session) {
        database::release_leases(session, ports_.settings.worker_name, ports_.clock.now());
    };
    co_await ports_.database.write(std::move(release));
}

asio::awaitable<void> Worker::claim_jobs() {
    bool is_clean =
        false; // what this worker held when it was killed is free at once, not when its leases run out
    while (!stopping_) {
        auto wait = longest_wait;
        try {
            if (!is_clean) co_await give_back_leases();
            is_clean = true;
            while (!stopping_ && busy_ < ports_.settings.concurrent_builds) {
                auto claim = [this](soci::session& session) {
                    return database::claim_job(session, ports_.settings.worker_name, Runner::lease_time,
                                               ports_.clock.now());
                };
                auto job = co_await ports_.database.write(std::move(claim));
                if (!job) break;
                CRASH_POINT("worker.job.claimed");
                ++busy_;
                tasks_.spawn("deployment", run_job(std::move(*job)));
            }
            wait = co_await time_to_next();
        } catch (const soci::soci_error& error) {
            spdlog::error("worker: {}", error.what());
            wait = retry_wait;
        }
        if (!stopping_) co_await bell_.wait(wait);
    }
}

asio::awaitable<std::chrono::milliseconds> Worker::time_to_next() {
    if (busy_ >= ports_.settings.concurrent_builds) co_return longest_wait;
    auto read = [](soci::session& session) { return database::next_job_time(session); };
    const auto next = co_await ports_.database.read(std::move(read));
    if (!next) co_return longest_wait;
    co_return std::clamp<std::chrono::milliseconds>(*next - ports_.clock.now(),
                                                    std::chrono::milliseconds{100}, longest_wait);
}

asio::awaitable<void> Worker::run_job(database::JobRow job) {
    co_await runner_.run(std::move(job));
    CRASH_POINT("worker.job.ended");
    --busy_;
    bell_.ring(); // a place is free, and the project's next job may run
}

} // namespace panel::deployment
