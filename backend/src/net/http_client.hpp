#pragma once
// HTTP/1.1 client over TCP (plain) and unix sockets, for Docker's engine and Caddy. One connection per
// request. Every call has a deadline. Errors: unavailable (cannot connect, broken off, deadline), too_large
// (answer over its limit), bad_request (answer is not HTTP), invalid (the call holds what HTTP does not
// allow), cancelled, or the source's or sink's own. "Cannot connect." is the message when nobody listens. A
// status of 400 and above is a Response, not an Error. Loop thread only.

#include "base/result.hpp"
#include "net/http_message.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace panel::net {

// A unix socket when `socket_path` is set, else host and port.
struct Endpoint {
    std::string socket_path = {};
    std::string host = "127.0.0.1";
    std::uint16_t port = 80;
};

// Gives the next piece of a request body; an empty string ends it. An error aborts the request and is its
// result.
using BodySource = std::function<boost::asio::awaitable<Result<std::string>>()>;
// Takes a piece of a response body. An error aborts the request and is its result.
using BodySink = std::function<boost::asio::awaitable<Result<void>>(std::string_view)>;

struct Call {
    Endpoint endpoint = {};
    std::string method = "GET";
    std::string target = "/"; // path and query, encoded by the caller
    Headers headers = {};
    std::string body = {};
    BodySource source = {}; // instead of body: sent chunked, while the answer is already being read
    BodySink sink = {};     // instead of Response::body, for answers below 400
    std::chrono::milliseconds deadline{30'000};   // for the whole exchange
    std::size_t response_limit = 8 * 1024 * 1024; // of a body that is collected
};

boost::asio::awaitable<Result<Response>> send(Call call);

} // namespace panel::net
