#pragma once
// A connected byte stream for protocols of their own (Redis): TCP, TCP under TLS, or a unix socket, behind
// one face, so that only net/ compiles socket code. Owned by whoever opened it. At most one read and one
// write at a time; the object must outlive both. Errors: unavailable (refused, broken off, closed by the
// peer, deadline, certificate not trusted), cancelled. Loop thread only.

#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace panel::net {

// A unix socket when `socket_path` is set, else host and port.
struct StreamTarget {
    std::string socket_path;
    std::string host;
    std::uint16_t port = 0;
    bool tls = false; // TLS 1.2 or newer; the certificate must be the host's, from a trusted authority
};

class Stream {
  public:
    virtual ~Stream() = default;
    // At least one byte; the end of the stream is `unavailable`.
    virtual boost::asio::awaitable<Result<std::size_t>> read_some(std::span<char> into) = 0;
    // All of it. `bytes` must stay valid meanwhile.
    virtual boost::asio::awaitable<Result<void>> write(std::string_view bytes) = 0;
    virtual void close() = 0; // what is being read or written ends with an error
};

boost::asio::awaitable<Result<std::unique_ptr<Stream>>> connect(StreamTarget target,
                                                                std::chrono::milliseconds deadline);

} // namespace panel::net
