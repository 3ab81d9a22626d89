#include "services/deployment/worker.hpp"

#include "base/crash_point.hpp"
#include "database/database.hpp"

#include <spdlog/spdlog.h>

namespace panel::deployment {

namespace {
constexpr std::chrono::milliseconds longest_wait{5'000}; // finds what a lost ring or another process left
constexpr std::chrono::milliseconds retry_wait{1'000};   // after the database failed
} // namespace

Worker::Worker(asio::any_io_executor executor, Ports& ports, Runner& runner, JobBell& bell)
    : ports_(ports), runner_(runner), bell_(bell), tasks_(std::move(executor)) {}

void Worker::start() { tasks_.spawn("worker", claim_deployments()); }

asio::awaitable<void> Worker::stop(std::chrono::milliseconds patience) {
    stopping_ = true;
    bell_.ring();
    co_await runner_.stop(patience);
    co_await tasks_.stop(patience);
    co_await hand_back();
}

// What a worker of this name held when it was killed is free at once, not when its claims run out.
asio::awaitable<void> Worker::free_claims() {
    auto free = [owner = ports_.settings.worker_name](soci::session& session) {
        database::free_claims(session, owner);
    };
    co_await ports_.database.write(std::move(free));
    CRASH_POINT("worker.claims.freed");
}

asio::awaitable<void> Worker::hand_back() {
    auto hand_back = [owner = ports_.settings.worker_name](soci::session& session) {
        database::hand_back_claims(session, owner);
    };
    co_await ports_.database.write(std::move(hand_back));
    CRASH_POINT("worker.claims.handed_back");
}

asio::awaitable<void> Worker::claim_deployments() {
    bool is_clean = false;
    while (!stopping_) {
        auto wait = longest_wait;
        try {
            if (!is_clean) co_await free_claims();
            is_clean = true;
            while (!stopping_ && busy_ < ports_.settings.concurrent_builds) {
                auto claim = [this](soci::session& session) {
                    return database::claim_next(session, 0, ports_.settings.worker_name,
                                                ports_.settings.claim_time, ports_.clock.now());
                };
                const auto claimed = co_await ports_.database.write(std::move(claim));
                if (!claimed) break;
                CRASH_POINT("worker.deployment.claimed");
                ++busy_;
                tasks_.spawn("deployment", run_claimed(*claimed));
            }
        } catch (const soci::soci_error& error) {
            spdlog::error("worker: {}", error.what());
            wait = retry_wait;
        }
        if (!stopping_) co_await bell_.wait(wait);
    }
}

asio::awaitable<void> Worker::run_claimed(database::Claim claim) {
    co_await runner_.run(claim);
    CRASH_POINT("worker.deployment.ended");
    --busy_;
    bell_.ring(); // a place is free, and the project's next deployment may run
}

} // namespace panel::deployment
