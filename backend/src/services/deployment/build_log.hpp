#pragma once
// The log of one running deployment: what is written here is stored in the database within a tenth of a
// second and announced to followers. While the database is away it is kept here, up to a limit, and stored
// when it is back; what does not fit is replaced by one line that says how many lines were dropped. One
// writer at a time awaits write(); flushing runs beside it, and shares the ownership with the deployment's
// run. Loop thread only.

#include "base/clock.hpp"
#include "services/deployment/log_text.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <soci/soci.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::deployment {

class DeploymentEvents;

class BuildLog {
  public:
    static constexpr std::int64_t limit_bytes =
        50 * 1024 * 1024; // of one log; what comes after is dropped and said so
    static constexpr std::size_t held_limit_bytes = 4 * 1024 * 1024; // that wait for the database

    BuildLog(boost::asio::any_io_executor executor, database::Database& database, const Clock& clock,
             DeploymentEvents& events, std::int64_t deployment_id, std::int64_t project_id);
    // Asked inside each write whether this log may still be written: false ends it, and what comes is
    // dropped.
    void guard(std::function<bool(soci::session&)> may_write) { may_write_ = std::move(may_write); }
    // Goes on behind what is stored: for a deployment that was taken over.
    boost::asio::awaitable<void> open();

    boost::asio::awaitable<void> write(std::string text);
    boost::asio::awaitable<void> line(std::string text);    // one whole line
    boost::asio::awaitable<void> heading(std::string text); // a line that starts with "==> "
    // Throws when the database is away or this is cancelled; nothing is lost by either.
    boost::asio::awaitable<void> flush();
    // Flushes every tenth of a second, through outages of the database, until the log has ended and all of it
    // is stored: spawned beside the deployment.
    boost::asio::awaitable<void> keep_flushing();
    boost::asio::awaitable<void> close();
    void stop(); // nothing more will be written; what waits is still stored

    [[nodiscard]] std::size_t held() const { return storing_.size() + pending_.size(); } // bytes that wait
    [[nodiscard]] const std::deque<LogLine>& newest() const { return text_.newest(); }

  private:
    void take(std::string bytes);
    void drop();
    void say_dropped();
    void choose_piece();
    boost::asio::awaitable<void> store_piece();

    database::Database& database_;
    const Clock& clock_;
    DeploymentEvents& events_;
    std::int64_t deployment_id_;
    std::int64_t project_id_;
    LogText text_;
    std::string storing_;            // in a write, or in one that failed: it may be in the database or not
    std::string pending_;            // behind that
    std::int64_t stored_ = 0;        // bytes known to be in the database
    std::int64_t taken_lines_ = 0;   // stored or waiting
    std::int64_t dropped_lines_ = 0; // behind what waits
    bool is_away_ = false;           // the last write found no database
    std::function<bool(soci::session&)> may_write_ = [](soci::session&) { return true; };
    bool full_ = false; // or no longer ours
    bool flushing_ = false;
    bool closed_ = false;
    boost::asio::steady_timer tick_;
    boost::asio::steady_timer flushed_; // cancelled whenever a flush ends
};

} // namespace panel::deployment
