#pragma once
// Upstreams and visitors for tests of the switch: each upstream is an HTTP server on a loop and thread of its
// own that says its name, each visitor a thread with blocking sockets that keeps its connection for some
// requests, as browsers do.

#include "net/http_server.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace panel::test {

class Upstream {
  public:
    Upstream(std::string name, std::uint16_t port);
    ~Upstream(); // at once, without waiting for requests
    Upstream(const Upstream&) = delete;
    Upstream& operator=(const Upstream&) = delete;

  private:
    boost::asio::awaitable<net::Response> answer(net::Request request);

    std::string name_;
    boost::asio::io_context loop_;
    net::HttpServer server_;
    std::thread thread_;
};

struct Answer {
    int status = 0; // 0: the connection broke
    std::string head;
    std::string body;
};

// One connection to 127.0.0.1:port.
class Visitor {
  public:
    explicit Visitor(std::uint16_t port) : port_(port) {}
    ~Visitor();
    Visitor(const Visitor&) = delete;
    Visitor& operator=(const Visitor&) = delete;
    // `request` is a whole HTTP/1.1 request; the connection is kept.
    Answer ask(const std::string& request);
    void hang_up();

  private:
    std::uint16_t port_;
    int socket_ = -1;
    std::string buffer_;
};

// `visitors` threads that ask until they are stopped: POSTs and GETs, quick and slow ones, on kept and on new
// connections.
class Load {
  public:
    Load(std::uint16_t port, std::string host, int visitors);
    ~Load() { stop(); }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;
    void stop(); // after what each has under way

    std::atomic<int> asked = 0;
    std::atomic<int> failed = 0; // anything but 200 and the name of an upstream
    std::atomic<int> blue = 0;
    std::atomic<int> green = 0;

  private:
    void visit(std::uint16_t port, std::string host);

    std::atomic<bool> is_stopped_ = false;
    std::vector<std::thread> threads_;
};

} // namespace panel::test
