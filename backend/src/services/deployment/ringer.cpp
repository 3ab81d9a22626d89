#include "services/deployment/ringer.hpp"

#include "base/crash_point.hpp"
#include "database/database.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace panel::deployment {

namespace {
constexpr std::chrono::milliseconds longest_wait{10'000};
constexpr std::chrono::seconds same_id_time{30};
constexpr std::chrono::hours longest_deployment{24}; // its steps have deadlines of their own
constexpr std::size_t most_remembered = 10'000;
constexpr const char* job_type = "deploy";
} // namespace

queue::Job ring_job(const database::Unclaimed& waiting, Timestamp now) {
    queue::Job job;
    job.type = job_type;
    job.id = fmt::format("deploy-{}-{}-{}", waiting.deployment_id, waiting.fence,
                         now.time_since_epoch() / same_id_time);
    boost::json::object payload;
    payload["deployment_id"] = waiting.deployment_id;
    payload["project_id"] = waiting.project_id;
    job.payload = boost::json::serialize(payload);
    job.group = fmt::format("project:{}", waiting.project_id);
    job.timeout = longest_deployment;
    job.max_retry = 3;
    return job;
}

std::optional<std::int64_t> project_of(const queue::Job& job) {
    if (job.type != job_type) return std::nullopt;
    boost::system::error_code error;
    const auto payload = boost::json::parse(job.payload, error);
    if (error || !payload.is_object()) return std::nullopt;
    const auto* id = payload.get_object().if_contains("project_id");
    if (!id || !id->is_int64() || id->get_int64() <= 0) return std::nullopt;
    return id->get_int64();
}

Ringer::Ringer(asio::any_io_executor executor, database::Database& database, const Clock& clock,
               JobBell& bell, queue::JobQueue& queue, std::function<void(std::int64_t)> without_queue)
    : database_(database),
      clock_(clock),
      bell_(bell),
      queue_(queue),
      without_queue_(std::move(without_queue)),
      tasks_(std::move(executor)) {}

void Ringer::start() { tasks_.spawn("ringer", keep_ringing()); }

asio::awaitable<void> Ringer::stop(std::chrono::milliseconds patience) {
    stopping_ = true;
    bell_.ring();
    co_await tasks_.stop(patience);
}

asio::awaitable<void> Ringer::keep_ringing() {
    while (!stopping_) {
        try {
            co_await ring_unclaimed();
        } catch (const soci::soci_error& error) {
            spdlog::error("ringer: {}", error.what());
        }
        if (!stopping_) co_await bell_.wait(longest_wait);
    }
}

// Each push beside the others: a queue that hangs must not hold up the next round.
asio::awaitable<void> Ringer::ring_unclaimed() {
    const auto now = clock_.now();
    auto read = [now](soci::session& session) { return database::unclaimed_projects(session, now); };
    const auto waiting = co_await database_.read(std::move(read));
    if (pushed_.size() > most_remembered) pushed_.clear();
    for (const auto& each : waiting) {
        auto job = ring_job(each, now);
        if (!pushed_.insert(job.id).second) continue;
        tasks_.spawn("ring", push(std::move(job), each.project_id));
    }
    CRASH_POINT("ringer.round.rung");
}

asio::awaitable<void> Ringer::push(queue::Job job, std::int64_t project_id) {
    const auto id = job.id;
    const auto pushed = co_await queue_.push(std::move(job));
    if (pushed || pushed.error().code == Code::conflict) co_return;
    pushed_.erase(id);
    if (stopping_) co_return;
    spdlog::warn("ringer: the queue did not take {}: {}", id, pushed.error().message);
    if (without_queue_) without_queue_(project_id);
}

} // namespace panel::deployment
