#include "services/deployment/worker.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "database/database.hpp"
#include "services/deployment/ringer.hpp"

#include <spdlog/spdlog.h>

namespace panel::deployment {

namespace {
constexpr std::chrono::milliseconds retry_wait{1'000}; // after the database failed
} // namespace

struct Worker::Turn {
    Turn(const asio::any_io_executor& executor, std::int64_t project)
        : project_id(project), ended(executor, asio::steady_timer::time_point::max()) {}
    std::int64_t project_id;
    Result<void> result;
    bool over = false;
    asio::steady_timer ended;
};

Worker::Worker(asio::any_io_executor executor, Ports& ports, Runner& runner, JobBell& bell,
               queue::JobQueue& queue)
    : executor_(executor),
      ports_(ports),
      runner_(runner),
      bell_(bell),
      queue_(queue),
      place_(executor, asio::steady_timer::time_point::max()),
      tasks_(executor) {}

void Worker::start() { tasks_.spawn("worker", begin()); }

asio::awaitable<void> Worker::begin() {
    while (!stopping_) {
        try {
            auto free = [owner = ports_.settings.worker_name](soci::session& session) {
                database::free_claims(session, owner);
            };
            co_await ports_.database.write(std::move(free));
            CRASH_POINT("worker.claims.freed");
            break;
        } catch (const soci::soci_error& error) {
            spdlog::error("worker: {}", error.what());
        }
        co_await sleep_for(retry_wait);
    }
    if (stopping_) co_return;
    queue::Handler handler = [this](queue::Delivery delivery) { return handle(std::move(delivery)); };
    queue_.serve(std::move(handler));
    bell_.ring();
}

// The job ends with the deployment. Its cancellation ends only the waiting: the claim, not the queue, says
// who works, and a queue that is lost for a while must not stop a deployment.
asio::awaitable<Result<void>> Worker::handle(queue::Delivery delivery) {
    const auto project = project_of(delivery.job);
    if (!project) co_return fail(Code::invalid, "This job names no project.");
    const auto turn = std::make_shared<Turn>(executor_, *project);
    if (!stopping_) tasks_.spawn("deployment", take_turn(turn));
    // At the end of the process the job is handed back, not done: wait for that.
    while (!turn->over || stopping_) co_await turn->ended.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return turn->result;
}

void Worker::work_without_queue(std::int64_t project_id) {
    if (stopping_ || busy_ >= ports_.settings.concurrent_deployments) return;
    tasks_.spawn("deployment", take_turn(std::make_shared<Turn>(executor_, project_id)));
}

asio::awaitable<void> Worker::take_turn(std::shared_ptr<Turn> turn) {
    while (busy_ >= ports_.settings.concurrent_deployments && !stopping_)
        co_await place_.async_wait(asio::as_tuple(asio::use_awaitable));
    ++busy_;
    try {
        if (!stopping_) co_await work(turn->project_id);
    } catch (const soci::soci_error& error) {
        spdlog::error("worker: {}", error.what());
        turn->result = fail(Code::unavailable, "The database did not answer.");
    }
    --busy_;
    place_.cancel();
    turn->over = true;
    if (!stopping_) turn->ended.cancel();
}

asio::awaitable<void> Worker::work(std::int64_t project_id) {
    auto claim = [this, project_id](soci::session& session) {
        return database::claim_next(session, project_id, ports_.settings.worker_name,
                                    ports_.settings.claim_time, ports_.clock.now());
    };
    const auto claimed = co_await ports_.database.write(std::move(claim));
    if (!claimed) co_return;
    CRASH_POINT("worker.deployment.claimed");
    co_await runner_.run(*claimed);
    CRASH_POINT("worker.deployment.ended");
    bell_.ring(); // the project's next deployment may run
}

asio::awaitable<void> Worker::stop(std::chrono::milliseconds patience) {
    stopping_ = true;
    place_.cancel();
    co_await runner_.stop(patience);
    try {
        co_await hand_back();
    } catch (const soci::soci_error& error) { // the claims run out
        spdlog::error("worker: {}", error.what());
    }
    co_await queue_.stop(
        std::chrono::milliseconds{0}); // after the claims: who takes the jobs finds them free
    co_await tasks_.stop(patience);
}

asio::awaitable<void> Worker::hand_back() {
    auto hand_back = [owner = ports_.settings.worker_name](soci::session& session) {
        database::hand_back_claims(session, owner);
    };
    co_await ports_.database.write(std::move(hand_back));
    CRASH_POINT("worker.claims.handed_back");
}

} // namespace panel::deployment
