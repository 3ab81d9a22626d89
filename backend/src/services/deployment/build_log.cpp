#include "services/deployment/build_log.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "database/database.hpp"
#include "database/log_repo.hpp"
#include "services/deployment/deployment_events.hpp"

#include <algorithm>
#include <utility>

namespace panel::deployment {

namespace {
constexpr std::chrono::milliseconds flush_interval{100};
constexpr std::size_t flush_bytes = 64 * 1024;
} // namespace

BuildLog::BuildLog(asio::any_io_executor executor, database::Database& database, const Clock& clock,
                   DeploymentEvents& events, std::int64_t deployment_id, std::int64_t project_id)
    : database_(database),
      clock_(clock),
      events_(events),
      deployment_id_(deployment_id),
      project_id_(project_id),
      tick_(executor),
      flushed_(executor, asio::steady_timer::time_point::max()) {}

asio::awaitable<void> BuildLog::open() {
    auto read = [id = deployment_id_](soci::session& session) {
        std::int64_t lines = 0;
        std::int64_t offset = 0;
        while (true) {
            const auto slice = database::read_log(session, id, offset, 1 << 20);
            if (slice.bytes.empty()) return std::pair(offset, lines);
            lines += std::ranges::count(slice.bytes, '\n');
            offset = slice.next_offset;
        }
    };
    const auto [bytes, lines] = co_await database_.read(std::move(read));
    stored_ = bytes;
    text_ = LogText(lines);
}

void BuildLog::take(std::string bytes) {
    if (full_) return;
    pending_ += bytes;
    if (stored_ + static_cast<std::int64_t>(pending_.size()) > limit_bytes) {
        full_ = true;
        pending_ +=
            to_iso8601(clock_.now()) + " [This log is longer than 50 MB; what follows is not kept.]\n";
    }
}

asio::awaitable<void> BuildLog::write(std::string text) {
    take(text_.append(clock_.now(), text));
    if (pending_.size() >= flush_bytes) co_await flush();
}

asio::awaitable<void> BuildLog::line(std::string text) {
    take(text_.append(clock_.now(), text + '\n'));
    co_return;
}

asio::awaitable<void> BuildLog::heading(std::string text) {
    take(text_.append(clock_.now(), "\x1b[36m==>\x1b[0m " + text + '\n'));
    co_return;
}

asio::awaitable<void> BuildLog::flush() {
    while (flushing_) co_await flushed_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (pending_.empty()) co_return;
    struct Flushing { // a failing database must not leave the flag behind
        BuildLog& log;
        explicit Flushing(BuildLog& l) : log(l) { log.flushing_ = true; }
        ~Flushing() {
            log.flushing_ = false;
            log.flushed_.cancel();
        }
    } flushing(*this);
    const auto bytes = std::exchange(pending_, {});
    auto append = [this, &bytes](soci::session& session) {
        if (!may_write_(session)) return false;
        database::append_log(session, deployment_id_, stored_, bytes);
        return true;
    };
    CRASH_POINT("log.flush.begun");
    const bool written = co_await database_.write(std::move(append));
    CRASH_POINT("log.flush.committed");
    if (!written) {
        full_ = true;
        pending_.clear();
        co_return;
    }
    stored_ += static_cast<std::int64_t>(bytes.size());
    events_.publish({DeploymentEvents::Event::Kind::log_grew, deployment_id_, project_id_});
}

asio::awaitable<void> BuildLog::keep_flushing() {
    while (!closed_) {
        tick_.expires_after(flush_interval);
        co_await tick_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (!closed_) co_await flush();
    }
}

void BuildLog::stop() {
    closed_ = true;
    tick_.cancel();
}

asio::awaitable<void> BuildLog::close() {
    take(text_.finish(clock_.now()));
    stop();
    co_await flush();
}

} // namespace panel::deployment
