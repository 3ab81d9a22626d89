#include "services/jobs/embedded_worker.hpp"

#include "base/crash_point.hpp"
#include "database/database.hpp"
#include "services/jobs/job_rows.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace panel::jobs {

namespace asio = boost::asio;

namespace {

constexpr int batch = 100;                     // rows that one look takes up
constexpr std::chrono::minutes sweep_pause{1}; // between looks for what is only kept
constexpr std::size_t longest_error = 2'000;

} // namespace

struct EmbeddedWorker::Running {
    enum class Why { none, cancelled, timed_out, lost, stopping };
    Running(const asio::any_io_executor& executor, database::JobRow row)
        : job(std::move(row)), limit(executor, asio::steady_timer::time_point::max()) {}
    void interrupt(Why reason) {
        if (why != Why::none) return;
        why = reason;
        signal.emit(asio::cancellation_type::terminal);
    }
    database::JobRow job;
    Why why = Why::none;
    asio::cancellation_signal signal;
    asio::steady_timer limit; // of this try
};

EmbeddedWorker::EmbeddedWorker(asio::any_io_executor executor, database::Database& database,
                               const Clock& clock, const EmbeddedSettings& settings, queue::Handler handler)
    : executor_(executor),
      database_(database),
      clock_(clock),
      settings_(settings),
      handler_(std::move(handler)),
      bell_(executor),
      ended_(executor, asio::steady_timer::time_point::max()),
      tasks_(executor) {
    tasks_.spawn("queue", take_jobs());
    tasks_.spawn("queue leases", keep_leases());
}

EmbeddedWorker::~EmbeddedWorker() = default;

void EmbeddedWorker::ring() {
    rung_ = true;
    bell_.cancel();
}

asio::awaitable<void> EmbeddedWorker::take_jobs() {
    bool is_clean = false;
    while (!stopping_) {
        rung_ = false;
        try {
            if (!is_clean) {
                auto free = [this](soci::session& session) {
                    database::free_jobs(session, settings_.owner, clock_.now());
                };
                co_await database_.write(std::move(free));
                is_clean = true;
            }
            co_await find_cancelled();
            co_await look();
        } catch (const soci::soci_error& error) {
            spdlog::error("queue: {}", error.what());
        }
        if (stopping_ || rung_) continue;
        bell_.expires_after(settings_.longest_wait);
        co_await bell_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    taking_ = false;
    ended_.cancel();
}

// Reads before it writes: with several processes a write tells all others to look.
asio::awaitable<void> EmbeddedWorker::look() {
    const auto free_places = settings_.concurrency - static_cast<int>(running_.size());
    const auto now = clock_.now();
    const bool sweep = now >= next_sweep_ || now + 2 * sweep_pause < next_sweep_; // or the clock went back
    auto read = [this, now](soci::session& session) {
        return database::has_due_work(session, settings_.queue, now);
    };
    if (!sweep && (free_places <= 0 || !co_await database_.read(std::move(read)))) co_return;
    auto write = [this, now, free_places, sweep](soci::session& session) {
        for (const auto& job : database::lapsed_jobs(session, now, batch)) lapse(session, job, now);
        database::promote_jobs(session, now, batch);
        if (sweep) database::drop_ended_jobs(session, now, now - settings_.archive_age);
        if (free_places <= 0) return std::vector<database::JobRow>{};
        return database::take_jobs(session, settings_.queue, settings_.owner, settings_.lease, free_places,
                                   now);
    };
    auto taken = co_await database_.write(std::move(write));
    if (sweep) next_sweep_ = now + sweep_pause;
    CRASH_POINT("queue.jobs.taken");
    if (stopping_)
        co_return co_await hand_back(std::move(taken)); // perhaps it was handed back a moment before
    if (!taken.empty()) rung_ = true;                   // there may be more
    start(std::move(taken));
}

// What was taken while the worker ends goes to the others.
asio::awaitable<void> EmbeddedWorker::hand_back(std::vector<database::JobRow> taken) {
    if (taken.empty()) co_return;
    auto write = [&taken](soci::session& session) {
        for (const auto& job : taken) database::hand_back_job(session, job);
    };
    co_await database_.write(std::move(write));
}

void EmbeddedWorker::start(std::vector<database::JobRow> taken) {
    for (auto& job : taken) {
        const auto running = std::make_shared<Running>(executor_, std::move(job));
        running_[running->job.id] = running;
        tasks_.spawn("job", run(running));
    }
}

void EmbeddedWorker::lapse(soci::session& session, const database::JobRow& job, Timestamp now) const {
    if (job.retried >= job.max_retry)
        database::archive_job(session, job, "its lease ran out", now);
    else
        database::retry_job(session, job, "its lease ran out", now + settings_.retry_delay(job.retried), now);
}

asio::awaitable<void> EmbeddedWorker::run(std::shared_ptr<Running> running) {
    auto outcome = co_await attempt(running);
    running->limit.cancel();
    std::vector<database::JobRow> next;
    try {
        next = co_await end(running, std::move(outcome));
        if (stopping_) co_await hand_back(std::exchange(next, {}));
    } catch (const soci::soci_error& error) { // leases run out: what was taken is handed out again
        spdlog::error("queue: job {}: {}", running->job.task_id, error.what());
        next.clear();
    }
    running_.erase(running->job.id);
    ended_.cancel();
    if (next.empty()) ring();
    start(std::move(next));
}

namespace {

asio::awaitable<void> watch_limit(std::shared_ptr<asio::steady_timer> timer, std::function<void()> passed) {
    const auto [error] = co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
    if (!error) passed();
}

} // namespace

// One try of the handler, within its time.
asio::awaitable<Result<void>> EmbeddedWorker::attempt(std::shared_ptr<Running> running) {
    auto limit = running->job.timeout_ms > 0 ? std::chrono::milliseconds{running->job.timeout_ms}
                                             : std::chrono::milliseconds::max();
    if (running->job.deadline) limit = std::min(limit, *running->job.deadline - clock_.now());
    if (limit.count() <= 0) co_return fail(Code::unavailable, "its deadline has passed");
    if (limit != std::chrono::milliseconds::max()) {
        running->limit.expires_after(limit);
        std::shared_ptr<asio::steady_timer> timer(running, &running->limit);
        std::function<void()> passed = [running] { running->interrupt(Running::Why::timed_out); };
        tasks_.spawn("job limit", watch_limit(std::move(timer), std::move(passed)));
    }
    auto delivery = to_delivery(running->job);
    try {
        co_return co_await asio::co_spawn(
            executor_, handler_(std::move(delivery)),
            asio::bind_cancellation_slot(running->signal.slot(), asio::use_awaitable));
    } catch (const std::exception& error) {
        co_return fail(Code::internal, error.what());
    }
}

// Its place takes the next job in the same transaction: one commit, not two.
asio::awaitable<std::vector<database::JobRow>> EmbeddedWorker::end(std::shared_ptr<Running> running,
                                                                   Result<void> outcome) {
    using Why = Running::Why;
    std::vector<database::JobRow> next;
    if (running->why == Why::lost) co_return next;
    std::string error = outcome ? "" : outcome.error().message.substr(0, longest_error);
    bool is_final = !outcome && outcome.error().code == Code::invalid;
    if (running->why == Why::cancelled) error = "it was cancelled";
    if (running->why == Why::timed_out) error = "its time has passed";
    const bool failed = !outcome || running->why != Why::none;
    is_final = is_final || running->job.retried >= running->job.max_retry;
    const bool hand_back = running->why == Why::stopping;
    auto write = [this, job = running->job, failed, is_final, hand_back, error,
                  take = !stopping_](soci::session& session) {
        const auto now = clock_.now();
        if (hand_back)
            database::hand_back_job(session, job);
        else if (!failed)
            database::complete_job(session, job, now);
        else if (is_final)
            database::archive_job(session, job, error, now);
        else
            database::retry_job(session, job, error, now + settings_.retry_delay(job.retried), now);
        if (!take) return std::vector<database::JobRow>{};
        return database::take_jobs(session, settings_.queue, settings_.owner, settings_.lease, 1, now);
    };
    next = co_await database_.write(std::move(write));
    CRASH_POINT("queue.job.ended");
    co_return next;
}

asio::awaitable<void> EmbeddedWorker::keep_leases() {
    asio::steady_timer timer(executor_);
    while (!stopping_ || !running_.empty()) {
        timer.expires_after(settings_.heartbeat);
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        try {
            if (!running_.empty()) co_await extend_leases();
        } catch (const soci::soci_error& error) {
            spdlog::warn("queue: leases could not be extended: {}", error.what());
        }
    }
}

asio::awaitable<void> EmbeddedWorker::extend_leases() {
    std::vector<database::JobRow> jobs;
    jobs.reserve(running_.size());
    for (const auto& [id, running] : running_) jobs.push_back(running->job);
    auto write = [this, jobs](soci::session& session) {
        std::vector<std::int64_t> lost;
        for (const auto& job : jobs)
            if (!database::extend_job(session, job, settings_.lease, clock_.now())) lost.push_back(job.id);
        return lost;
    };
    const auto lost = co_await database_.write(std::move(write));
    for (const auto id : lost)
        if (const auto found = running_.find(id); found != running_.end()) {
            const auto running = found->second; // interrupting may end it and change the map
            running->interrupt(Running::Why::lost);
        }
}

asio::awaitable<void> EmbeddedWorker::find_cancelled() {
    if (running_.empty()) co_return;
    auto read = [this](soci::session& session) { return database::cancelled_jobs(session, settings_.owner); };
    for (const auto id : co_await database_.read(std::move(read)))
        if (const auto found = running_.find(id); found != running_.end()) {
            const auto running = found->second;
            running->interrupt(Running::Why::cancelled);
        }
}

asio::awaitable<void> EmbeddedWorker::stop(std::chrono::milliseconds patience) {
    stopping_ = true;
    ring();
    const auto wait_until = [this](std::chrono::steady_clock::time_point end) -> bool {
        ended_.expires_at(end);
        return (!running_.empty() || taking_) && std::chrono::steady_clock::now() < end;
    };
    const auto end = std::chrono::steady_clock::now() + patience;
    while (wait_until(end)) co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto running = running_;
    for (const auto& [id, each] : running) each->interrupt(Running::Why::stopping);
    const auto limit = std::chrono::steady_clock::now() + settings_.stop_limit;
    while (wait_until(limit)) co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await tasks_.stop(settings_.stop_limit);
}

} // namespace panel::jobs
