#pragma once
// A connection to PostgreSQL that hears NOTIFY (libpq, Chapter 34.9 "Asynchronous Notification"), beside
// SOCI, whose sessions block. Owned by ChangeFeed. Loop thread only; suspends, never blocks (but for the name
// of a server that must be looked up).

#include "config/database_url.hpp"
#include "database/libpq.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace panel::database {

class PostgresListener {
  public:
    // Connects and listens on `channel`, a plain word. Throws Outage.
    static boost::asio::awaitable<std::unique_ptr<PostgresListener>> open(config::DatabaseUrl url,
                                                                          std::string channel);
    ~PostgresListener();
    PostgresListener(const PostgresListener&) = delete;
    PostgresListener& operator=(const PostgresListener&) = delete;

    // Suspends until there are notifications; their payloads. Throws Outage when the connection ended.
    boost::asio::awaitable<std::vector<std::string>> next();

  private:
    PostgresListener(boost::asio::any_io_executor executor, PGconn* connection);
    boost::asio::awaitable<void> connect();
    boost::asio::awaitable<void> listen(const std::string& channel);
    // Suspends until the server sent something (or takes something).
    boost::asio::awaitable<void> wait(boost::asio::posix::descriptor_base::wait_type event);
    void watch_socket();
    [[noreturn]] void fail() const;

    boost::asio::posix::stream_descriptor socket_; // a duplicate: libpq closes its own
    PGconn* connection_;
};

} // namespace panel::database
