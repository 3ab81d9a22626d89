#pragma once
// Tells this process that another one committed to the same database: Database::generation() grows (caches),
// and a callback runs on the loop, at most every 25 ms however much is written. It says that something
// changed, not what: whoever is told reads again. Own commits are not told.
//
// SQLite: the writer's own session is asked for `PRAGMA data_version` every 50 ms. PostgreSQL: LISTEN/NOTIFY
// on a connection of its own; whoever writes says so in its transaction. What was missed while that
// connection was gone is made good by one call after the reconnect. Needed only where several processes share
// a database.
//
// Owned by App, destroyed before Database. Loop thread only. co_await stop() before it goes.

#include "base/task_group.hpp"
#include "database/database.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>

namespace panel::database {

class ChangeFeed {
  public:
    ChangeFeed(boost::asio::any_io_executor loop, Database& database, std::function<void()> on_change);
    ChangeFeed(const ChangeFeed&) = delete;
    ChangeFeed& operator=(const ChangeFeed&) = delete;

    void start();
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);

    // Whether changes are heard at this moment; false from the start until the connection stands, and while
    // it is lost.
    [[nodiscard]] bool is_listening() const { return listening_; }

  private:
    boost::asio::awaitable<void> watch_file();
    boost::asio::awaitable<void> watch_server();
    boost::asio::awaitable<void> listen(bool is_again);
    boost::asio::awaitable<void> announce();
    void changed();

    Database& database_;
    std::function<void()> on_change_;
    boost::asio::steady_timer bell_; // cancelled: something changed
    bool changed_ = false;
    bool listening_ = false;
    TaskGroup tasks_;
};

} // namespace panel::database
