#pragma once
// One open connection: calls of any number of coroutines are written in the order in which they were made,
// all that gathered at once (pipelining), and answered in that order. Owned by Node. An answer that takes
// longer than the limit breaks the connection, since everything behind it waits too. Loop thread only.

#include "net/stream.hpp"
#include "services/queue/redis/call_result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace panel::queue::redis {

class Connection {
  public:
    Connection(boost::asio::any_io_executor executor, std::unique_ptr<net::Stream> stream,
               std::chrono::milliseconds answer_limit);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Reads and writes until the connection breaks or the caller is cancelled.
    boost::asio::awaitable<void> run();
    // After run(), and once: whoever still waits is told `unknown`. Nothing may be called after it.
    void close();

    // Redis' errors are answers here. Errors: unknown, cancelled.
    boost::asio::awaitable<CallResult> call(std::vector<std::string> words);
    // The command after one that nothing may come between (ASKING); the answer of the second.
    boost::asio::awaitable<CallResult> call_after(std::string first, std::vector<std::string> words);

  private:
    // Someone waits for an answer; the base class alone is an answer that is dropped.
    struct Call {
        virtual ~Call() = default;
        // At most once; posted, not called: a resumed caller may end this connection.
        virtual void complete(const boost::asio::any_io_executor&, CallResult) {}
        boost::asio::cancellation_slot slot;
        std::chrono::steady_clock::time_point sent_at = std::chrono::steady_clock::now();
    };
    template <class Handler> struct CallOf;
    boost::asio::awaitable<void> read_all();
    boost::asio::awaitable<void> write_all();
    boost::asio::awaitable<void> watch_answers();
    void answer(CallResult result);

    boost::asio::any_io_executor executor_;
    std::unique_ptr<net::Stream> stream_;
    std::chrono::milliseconds answer_limit_;
    std::string outgoing_; // made, not yet written
    boost::asio::steady_timer something_to_write_;
    std::deque<std::shared_ptr<Call>> waiting_;
    ReplyReader reader_;
};

} // namespace panel::queue::redis
