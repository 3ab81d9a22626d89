#include "services/deployment/build_log.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "database/database.hpp"
#include "database/log_repo.hpp"
#include "database/outage.hpp"
#include "services/deployment/deployment_events.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace panel::deployment {

namespace {
constexpr std::chrono::milliseconds flush_interval{100};
constexpr std::chrono::milliseconds retry_interval{500}; // while the database is away
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
    taken_lines_ = lines;
}

void BuildLog::take(std::string bytes) {
    if (full_ || bytes.empty()) return;
    if (dropped_lines_ > 0 || (is_away_ && held() + bytes.size() > held_limit_bytes)) return drop();
    taken_lines_ = text_.lines();
    pending_ += bytes;
    if (stored_ + static_cast<std::int64_t>(held()) > limit_bytes) {
        full_ = true;
        pending_ +=
            to_iso8601(clock_.now()) + " [This log is longer than 50 MB; what follows is not kept.]\n";
    }
}

// All that is dropped has the number of the one line that will say so.
void BuildLog::drop() {
    const auto known = taken_lines_ + (dropped_lines_ > 0 ? 1 : 0);
    dropped_lines_ += text_.lines() - known;
    text_.gather(taken_lines_ + 1);
}

void BuildLog::say_dropped() {
    if (dropped_lines_ == 0) return;
    pending_ += to_iso8601(clock_.now()) +
                fmt::format(" [{} lines were dropped: the database could not take them.]\n", dropped_lines_);
    ++taken_lines_;
    dropped_lines_ = 0;
}

asio::awaitable<void> BuildLog::write(std::string text) {
    take(text_.append(clock_.now(), text));
    if (pending_.size() < flush_bytes || is_away_) co_return;
    try {
        co_await flush();
    } catch (const database::Outage& outage) { // keep_flushing goes on with it: no reason to end a build
        spdlog::debug("build log: {}", outage.what());
    }
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
    if (held() == 0) co_return;
    struct Flushing {
        BuildLog& log;
        explicit Flushing(BuildLog& l) : log(l) { log.flushing_ = true; }
        ~Flushing() {
            log.flushing_ = false;
            log.flushed_.cancel();
        }
    } flushing(*this);
    do co_await store_piece();
    while (pending_.size() >= flush_bytes);
}

// Whole lines, about so many bytes: a reader gets a log by the rows that one write makes.
void BuildLog::choose_piece() {
    if (!storing_.empty()) return; // once more, and no other: it may be in the database or not
    if (pending_.size() <= flush_bytes) {
        storing_ = std::exchange(pending_, {});
        return;
    }
    const auto line_end = pending_.find('\n', flush_bytes - 1) + 1;
    storing_ = pending_.substr(0, line_end);
    pending_.erase(0, line_end);
}

asio::awaitable<void> BuildLog::store_piece() {
    choose_piece();
    struct Attempt {
        bool& is_away;
        bool failed = true; // also when this is cancelled
        ~Attempt() { is_away = failed; }
    } attempt{is_away_};
    auto append = [this, was_away = is_away_](soci::session& session) {
        if (!may_write_(session)) return false;
        // A write of which nothing was heard may have been committed: then the log has grown by just that.
        const auto end = stored_ + static_cast<std::int64_t>(storing_.size());
        if (!was_away || database::log_length(session, deployment_id_) != end)
            database::append_log(session, deployment_id_, stored_, storing_);
        return true;
    };
    CRASH_POINT("log.flush.begun");
    const bool written = co_await database_.write(std::move(append));
    CRASH_POINT("log.flush.committed");
    attempt.failed = false;
    if (!written) {
        full_ = true;
        pending_.clear();
        storing_.clear();
        co_return;
    }
    stored_ += static_cast<std::int64_t>(storing_.size());
    storing_.clear();
    say_dropped();
    events_.publish({DeploymentEvents::Event::Kind::log_grew, deployment_id_, project_id_});
}

asio::awaitable<void> BuildLog::keep_flushing() {
    while (!closed_ || held() > 0) {
        tick_.expires_after(is_away_ ? retry_interval : flush_interval);
        if (!closed_ || is_away_) co_await tick_.async_wait(asio::as_tuple(asio::use_awaitable));
        const bool was_away = is_away_;
        try {
            co_await flush();
        } catch (const database::Outage& outage) {
            if (!was_away) spdlog::warn("deployment {}: its log waits: {}", deployment_id_, outage.what());
        }
    }
}

void BuildLog::stop() {
    closed_ = true;
    tick_.cancel();
}

// What was held back while the database was away takes a second write.
asio::awaitable<void> BuildLog::close() {
    take(text_.finish(clock_.now()));
    stop();
    while (held() > 0) co_await flush();
}

} // namespace panel::deployment
