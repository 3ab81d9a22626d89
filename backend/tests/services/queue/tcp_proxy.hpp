#pragma once
// A TCP proxy before a Redis on a unix socket, for faults on the way: answers that are dropped, a line that
// is cut, a delay. Runs on the test's own loop.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace panel::test {

class TcpProxy {
  public:
    TcpProxy(boost::asio::io_context& loop, std::string socket_path);
    ~TcpProxy();
    TcpProxy(const TcpProxy&) = delete;
    TcpProxy& operator=(const TcpProxy&) = delete;

    [[nodiscard]] std::string url() const;
    // Sees what clients send; true: it goes on to Redis, its answer is lost, and so is the connection.
    std::function<bool(const std::string& sent)> lose_answer_to;
    void cut();           // all connections, now
    bool refuse = false;  // new connections end at once
    bool swallow = false; // nothing passes any more, nothing is closed

  private:
    struct Pipe;
    void accept();
    void forward(const std::shared_ptr<Pipe>& pipe);
    void back(const std::shared_ptr<Pipe>& pipe);

    boost::asio::io_context& loop_;
    std::string socket_path_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::list<std::weak_ptr<Pipe>> pipes_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace panel::test
