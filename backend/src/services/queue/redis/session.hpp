#pragma once
// Opens a connection and signs in: AUTH, SELECT, a name for Redis' own list of clients. Shared by calls and
// subscriptions. Loop thread only.

#include "base/result.hpp"
#include "net/stream.hpp"
#include "services/queue/redis/target.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>

namespace panel::queue::redis {

// Errors: unavailable, in a sentence without the password. `target` must outlive the call.
boost::asio::awaitable<Result<std::unique_ptr<net::Stream>>>
open_session(const Target& target, net::StreamTarget address, std::chrono::milliseconds deadline);

} // namespace panel::queue::redis
