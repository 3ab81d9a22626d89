#include "services/jobs/embedded_queue.hpp"

#include "base/crash_point.hpp"
#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "database/database.hpp"
#include "services/jobs/stored_text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace panel::jobs {

namespace asio = boost::asio;

namespace {

constexpr int batch = 100;                     // rows that one look takes up
constexpr std::chrono::minutes sweep_pause{1}; // between looks for what is only kept
constexpr std::size_t longest_error = 2'000;

std::string random_uuid() {
    auto hex = crypto::random_hex(16);
    hex[12] = '4';
    hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) % 4];
    return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                       hex.substr(16, 4), hex.substr(20));
}

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

database::JobRow to_row(const queue::Job& job, Timestamp now) {
    database::JobRow row;
    row.task_id = job.id;
    row.queue = job.queue;
    row.type = job.type;
    row.payload = text_of(job.payload);
    row.headers = text_of(job.headers);
    row.group = job.group;
    row.max_retry = job.max_retry;
    row.timeout_ms = job.timeout.count();
    row.retention_ms = job.retention.count();
    row.run_at = job.run_at;
    row.deadline = job.deadline;
    if (job.unique_for.count() > 0) {
        row.unique_key = crypto::sha256_hex(fmt::format("{}\n{}\n{}", job.queue, job.type, job.payload));
        row.unique_until = now + job.unique_for;
    }
    return row;
}

queue::Delivery to_delivery(const database::JobRow& row) {
    queue::Delivery delivery;
    delivery.job.type = row.type;
    delivery.job.id = row.task_id;
    delivery.job.payload = bytes_of(row.payload);
    delivery.job.queue = row.queue;
    delivery.job.group = row.group;
    delivery.job.max_retry = row.max_retry;
    delivery.job.timeout = std::chrono::milliseconds{row.timeout_ms};
    delivery.job.retention = std::chrono::milliseconds{row.retention_ms};
    delivery.job.deadline = row.deadline;
    delivery.job.headers = headers_of(row.headers);
    delivery.retried = row.retried;
    delivery.last_error = row.last_error;
    return delivery;
}

std::unexpected<Error> away(const soci::soci_error& error) {
    spdlog::warn("queue: {}", error.what());
    return fail(Code::unavailable, "The queue cannot be reached.");
}

} // namespace

struct EmbeddedQueue::Running {
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

EmbeddedQueue::EmbeddedQueue(asio::any_io_executor executor, database::Database& database, const Clock& clock,
                             EmbeddedSettings settings)
    : executor_(executor),
      database_(database),
      clock_(clock),
      settings_(std::move(settings)),
      bell_(executor),
      ended_(executor, asio::steady_timer::time_point::max()),
      tasks_(executor) {}

EmbeddedQueue::~EmbeddedQueue() = default;

asio::awaitable<Result<std::string>> EmbeddedQueue::push(queue::Job job) {
    if (stopping_) co_return fail(Code::unavailable, "The queue has ended.");
    if (is_blank(job.type)) co_return fail_field("type", "must not be blank.");
    if (is_blank(job.queue) || job.queue.find_first_of("{}") != std::string::npos)
        co_return fail_field("queue", "must not be blank or hold braces.");
    if (job.id.empty()) job.id = random_uuid();
    const auto now = clock_.now();
    auto write = [row = to_row(job, now), now](soci::session& session) {
        return database::insert_job(session, row, now);
    };
    try {
        switch (co_await database_.write(std::move(write))) {
        case database::Inserted::kept: break;
        case database::Inserted::id_taken: co_return fail(Code::conflict, "A job of this id waits already.");
        case database::Inserted::unique_taken: co_return fail(Code::conflict, "An equal job waits already.");
        }
    } catch (const soci::soci_error& error) {
        co_return away(error);
    }
    CRASH_POINT("queue.job.pushed");
    ring();
    co_return std::move(job.id);
}

void EmbeddedQueue::serve(queue::Handler handler) {
    handler_ = std::move(handler);
    tasks_.spawn("queue", take_jobs());
    tasks_.spawn("queue leases", keep_leases());
}

void EmbeddedQueue::ring() {
    rung_ = true;
    bell_.cancel();
}

asio::awaitable<void> EmbeddedQueue::take_jobs() {
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
}

// Reads before it writes: with several processes a write tells all others to look.
asio::awaitable<void> EmbeddedQueue::look() {
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
    for (auto& job : taken) {
        const auto running = std::make_shared<Running>(executor_, std::move(job));
        running_[running->job.id] = running;
        tasks_.spawn("job", run(running));
    }
    if (!taken.empty()) rung_ = true; // there may be more
}

void EmbeddedQueue::lapse(soci::session& session, const database::JobRow& job, Timestamp now) const {
    if (job.retried >= job.max_retry)
        database::archive_job(session, job, "its lease ran out", now);
    else
        database::retry_job(session, job, "its lease ran out", now + settings_.retry_delay(job.retried), now);
}

asio::awaitable<void> EmbeddedQueue::run(std::shared_ptr<Running> running) {
    auto outcome = co_await attempt(running);
    running->limit.cancel();
    try {
        co_await end(running, std::move(outcome));
    } catch (const soci::soci_error& error) { // its lease runs out: it is handed out again
        spdlog::error("queue: job {}: {}", running->job.task_id, error.what());
    }
    running_.erase(running->job.id);
    ended_.cancel();
    ring();
}

namespace {

asio::awaitable<void> watch_limit(std::shared_ptr<asio::steady_timer> timer, std::function<void()> passed) {
    const auto [error] = co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
    if (!error) passed();
}

} // namespace

// One try of the handler, within its time.
asio::awaitable<Result<void>> EmbeddedQueue::attempt(std::shared_ptr<Running> running) {
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

asio::awaitable<void> EmbeddedQueue::end(std::shared_ptr<Running> running, Result<void> outcome) {
    using Why = Running::Why;
    if (running->why == Why::lost) co_return;
    std::string error = outcome ? "" : outcome.error().message.substr(0, longest_error);
    bool is_final = !outcome && outcome.error().code == Code::invalid;
    if (running->why == Why::cancelled) error = "it was cancelled";
    if (running->why == Why::timed_out) error = "its time has passed";
    const bool failed = !outcome || running->why != Why::none;
    is_final = is_final || running->job.retried >= running->job.max_retry;
    const bool hand_back = running->why == Why::stopping;
    auto write = [this, job = running->job, failed, is_final, hand_back, error](soci::session& session) {
        const auto now = clock_.now();
        if (hand_back) return database::hand_back_job(session, job);
        if (!failed) return database::complete_job(session, job, now);
        if (is_final) return database::archive_job(session, job, error, now);
        return database::retry_job(session, job, error, now + settings_.retry_delay(job.retried), now);
    };
    co_await database_.write(std::move(write));
    CRASH_POINT("queue.job.ended");
}

asio::awaitable<void> EmbeddedQueue::keep_leases() {
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

asio::awaitable<void> EmbeddedQueue::extend_leases() {
    std::vector<database::JobRow> jobs;
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

asio::awaitable<void> EmbeddedQueue::find_cancelled() {
    if (running_.empty()) co_return;
    auto read = [this](soci::session& session) { return database::cancelled_jobs(session, settings_.owner); };
    for (const auto id : co_await database_.read(std::move(read)))
        if (const auto found = running_.find(id); found != running_.end()) {
            const auto running = found->second;
            running->interrupt(Running::Why::cancelled);
        }
}

asio::awaitable<void> EmbeddedQueue::stop(std::chrono::milliseconds patience) {
    stopping_ = true;
    ring();
    const auto wait_until = [this](std::chrono::steady_clock::time_point end) -> bool {
        ended_.expires_at(end);
        return !running_.empty() && std::chrono::steady_clock::now() < end;
    };
    const auto end = std::chrono::steady_clock::now() + patience;
    while (wait_until(end)) co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto running = running_;
    for (const auto& [id, each] : running) each->interrupt(Running::Why::stopping);
    const auto limit = std::chrono::steady_clock::now() + settings_.stop_limit;
    while (wait_until(limit)) co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await tasks_.stop(settings_.stop_limit);
}

asio::awaitable<Result<void>> EmbeddedQueue::cancel(std::string id) {
    auto write = [id](soci::session& session) { return database::request_job_cancel(session, id); };
    try {
        co_await database_.write(std::move(write));
    } catch (const soci::soci_error& error) {
        co_return away(error);
    }
    ring();
    co_return Result<void>{};
}

asio::awaitable<Result<void>> EmbeddedQueue::set_paused(std::string queue, bool paused) {
    auto write = [queue, paused](soci::session& session) {
        database::set_queue_paused(session, queue, paused);
    };
    try {
        co_await database_.write(std::move(write));
    } catch (const soci::soci_error& error) {
        co_return away(error);
    }
    ring();
    co_return Result<void>{};
}

asio::awaitable<Result<void>> EmbeddedQueue::pause(std::string queue) {
    return set_paused(std::move(queue), true);
}

asio::awaitable<Result<void>> EmbeddedQueue::resume(std::string queue) {
    return set_paused(std::move(queue), false);
}

asio::awaitable<Result<queue::QueueStats>> EmbeddedQueue::stats(std::string queue) {
    auto read = [queue](soci::session& session) { return database::job_stats(session, queue); };
    database::JobStats found;
    try {
        found = co_await database_.read(std::move(read));
    } catch (const soci::soci_error& error) {
        co_return away(error);
    }
    queue::QueueStats stats;
    stats.pending = found.by_state["ready"] + found.by_state["blocked"];
    stats.active = found.by_state["active"];
    stats.scheduled = found.by_state["scheduled"];
    stats.retry = found.by_state["retry"];
    stats.archived = found.by_state["archived"];
    stats.completed = found.by_state["completed"];
    stats.processed = found.processed;
    stats.failed = found.failed;
    stats.paused = found.paused;
    if (found.oldest_ready)
        stats.latency = std::max(std::chrono::milliseconds{0}, clock_.now() - *found.oldest_ready);
    co_return stats;
}

} // namespace panel::jobs
