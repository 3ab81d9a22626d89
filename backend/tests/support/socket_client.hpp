#pragma once
// A WebSocket client for tests: Beast's own, over loopback, one message at a time. Everything has a deadline
// by test::run(). Loop thread only.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace panel::test {

class SocketClient {
  public:
    explicit SocketClient(boost::asio::io_context& loop);
    ~SocketClient();

    // The status of the answer: 101 when the WebSocket is open.
    boost::asio::awaitable<int> connect(std::uint16_t port,
                                        std::vector<std::pair<std::string, std::string>> headers);
    boost::asio::awaitable<void> send(std::string text);
    // The next message; nothing ever again after the peer closed: then an object with only "closed", the
    // code.
    boost::asio::awaitable<boost::json::value> receive();
    void drop(); // without a closing handshake, as a network does

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_; // shared with a call that a test gave up waiting for
};

} // namespace panel::test
