#include "services/jobs/embedded_queue.hpp"

#include "base/crash_point.hpp"
#include "database/database.hpp"
#include "services/jobs/embedded_worker.hpp"
#include "services/jobs/job_rows.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace panel::jobs {

namespace asio = boost::asio;

namespace {

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

std::unexpected<Error> away(const soci::soci_error& error) {
    spdlog::warn("queue: {}", error.what());
    return fail(Code::unavailable, "The queue cannot be reached.");
}

} // namespace

EmbeddedQueue::EmbeddedQueue(asio::any_io_executor executor, database::Database& database, const Clock& clock,
                             EmbeddedSettings settings)
    : executor_(executor), database_(database), clock_(clock), settings_(std::move(settings)) {}

EmbeddedQueue::~EmbeddedQueue() = default;

asio::awaitable<Result<std::string>> EmbeddedQueue::push(queue::Job job) {
    if (stopping_) co_return fail(Code::unavailable, "The queue has ended.");
    if (is_blank(job.type)) co_return fail_field("type", "must not be blank.");
    if (is_blank(job.queue) || job.queue.find_first_of("{}") != std::string::npos)
        co_return fail_field("queue", "must not be blank or hold braces.");
    if (job.id.empty()) job.id = random_job_id();
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
    worker_ = std::make_unique<EmbeddedWorker>(executor_, database_, clock_, settings_, std::move(handler));
}

void EmbeddedQueue::ring() {
    if (worker_) worker_->ring();
}

asio::awaitable<void> EmbeddedQueue::stop(std::chrono::milliseconds patience) {
    stopping_ = true;
    if (worker_) co_await worker_->stop(patience);
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
