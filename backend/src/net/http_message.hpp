#pragma once
// HTTP requests and responses as plain values, so that nothing above net/ sees Beast. Header names compare
// without case.

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace panel::net {

class WebSocket;

struct Header {
    std::string name;
    std::string value;
};

// Header names and most tokens of HTTP compare without case (ASCII).
[[nodiscard]] bool same_name(std::string_view left, std::string_view right);

class Headers {
  public:
    Headers() = default;
    Headers(std::initializer_list<Header> list) : list_(list) {}
    void set(std::string name, std::string value); // replaces
    void add(std::string name, std::string value);
    [[nodiscard]] std::string_view get(std::string_view name) const; // first value, "" when absent
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] std::size_t size() const { return list_.size(); }
    [[nodiscard]] auto begin() const { return list_.begin(); }
    [[nodiscard]] auto end() const { return list_.end(); }

  private:
    std::vector<Header> list_;
};

struct Request {
    std::string method = {}; // "GET"
    std::string path = {};   // as sent, still percent-encoded, without the query
    std::string query = {};  // without '?'
    Headers headers = {};
    std::string body = {};
    std::string peer_address = {}; // of the TCP peer, "unix" for a unix socket
};

struct Response {
    int status = 200;
    Headers headers = {};
    std::string body = {};
    // Set with status 101: the server completes the WebSocket handshake and runs this until it returns.
    std::function<boost::asio::awaitable<void>(WebSocket&)> upgrade = {};
};

} // namespace panel::net
