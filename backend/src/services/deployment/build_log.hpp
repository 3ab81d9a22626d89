#pragma once
// The log of one running deployment: what is written here is stored in the database within a tenth of a
// second and announced to followers. One writer at a time awaits write(); flushing runs beside it. Owned by
// the running deployment. Loop thread only.

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
    boost::asio::awaitable<void> flush();
    // Flushes every tenth of a second until close(): spawned beside the deployment.
    boost::asio::awaitable<void> keep_flushing();
    boost::asio::awaitable<void> close();
    void stop(); // ends the flushing; what is pending is lost

    [[nodiscard]] const std::deque<LogLine>& newest() const { return text_.newest(); }

  private:
    void take(std::string bytes);

    database::Database& database_;
    const Clock& clock_;
    DeploymentEvents& events_;
    std::int64_t deployment_id_;
    std::int64_t project_id_;
    LogText text_;
    std::string pending_;
    std::int64_t stored_ = 0; // bytes in the database
    std::function<bool(soci::session&)> may_write_ = [](soci::session&) { return true; };
    bool full_ = false; // or no longer ours
    bool flushing_ = false;
    bool closed_ = false;
    boost::asio::steady_timer tick_;
    boost::asio::steady_timer flushed_; // cancelled whenever a flush ends
};

} // namespace panel::deployment
