#pragma once
// Calls between processes of one machine over a unix socket that only their own user can open: one call per
// connection, a request, then any number of messages back. Each message is its length as four bytes, big end
// first, and that many bytes, at most 1 MiB. Whoever hangs up ends the call. Owned by App (server); the
// client is a function. Loop thread only.

#include "base/result.hpp"
#include "base/task_group.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace panel::net {

// The caller's end, for the handler of its call.
class MessageCaller {
  public:
    virtual ~MessageCaller() = default;
    // False when the caller has gone, or takes nothing for 30 s.
    virtual boost::asio::awaitable<bool> send(std::string message) = 0;
};

class MessageServer {
  public:
    // Cancelled when the caller goes. The connection closes when it ends. `caller` lives as long.
    using Handler = std::function<boost::asio::awaitable<void>(std::string request, MessageCaller& caller)>;

    MessageServer(boost::asio::any_io_executor executor, Handler handler);
    ~MessageServer();
    MessageServer(const MessageServer&) = delete;
    MessageServer& operator=(const MessageServer&) = delete;

    // Takes the place of a socket that a dead process left; mode 0600. Errors: unavailable.
    Result<void> listen(const std::filesystem::path& socket);
    // Stops accepting, cancels what runs, removes the socket.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

struct MessageCall {
    std::filesystem::path socket;
    std::string request;
    // Takes each message; false: that was the last one wanted.
    std::function<boost::asio::awaitable<bool>(std::string)> on_message;
    std::chrono::milliseconds deadline{0}; // for the whole call; 0: none, as long as messages may come
};

// Errors: unavailable (nobody listens, broken off, deadline).
boost::asio::awaitable<Result<void>> send_messages(MessageCall call);

} // namespace panel::net
