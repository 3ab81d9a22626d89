#pragma once
// One server-side WebSocket (RFC 6455). One reader, any number of senders: sends are queued and written in
// order by one writer. No permessage-deflate. Lives as long as the upgrade handler that received it: whatever
// sends on it must have ended when the handler returns. Pings and closing are handled within receive(), so
// somebody must be waiting in it all the time; cancelling receive() ends the socket. When the handler returns
// the socket closes with 1000, when it throws with 1011. Loop thread only.

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace panel::net {

class WebSocket {
  public:
    struct Impl;
    explicit WebSocket(Impl& impl); // made by the server only
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;

    // The next text message; nullopt when the peer closed, broke the protocol, fell silent (pings every 30 s
    // go unanswered) or close() was called.
    boost::asio::awaitable<std::optional<std::string>> receive();

    // Queues a text message. False when the socket is closed or its queue is over the limit (1 MiB): the
    // caller then closes with 1013.
    bool send(std::string text);
    [[nodiscard]] std::size_t queued_bytes() const;
    // Suspends until the queue is shorter than `bytes`, or the socket is closed (false). For senders that
    // pace themselves.
    boost::asio::awaitable<bool> wait_below(std::size_t bytes);

    // What is queued is still sent, but for code 1013 (the reader is behind, it would only delay the news).
    // The reason is cut at 123 bytes.
    void close(std::uint16_t code, std::string reason);
    [[nodiscard]] bool is_open() const;

  private:
    Impl& impl_;
};

} // namespace panel::net
