#pragma once
// The server itself: /server for the page, /health, /ready and /metrics for monitoring, /openapi.json for
// clients. Loop thread.

#include "api/answer.hpp"
#include "api/context.hpp"
#include "api/json/server_json.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::api::handlers {

boost::asio::awaitable<Result<wire::ServerStatus>> server_status(Context& context);
// That this process answers, nothing more.
boost::asio::awaitable<Result<wire::Health>> health(Context& context);
// 503 while the database, Docker or Caddy is missing; says which.
boost::asio::awaitable<Result<WithStatus<wire::Readiness>>> readiness(Context& context);
boost::asio::awaitable<Result<PlainText>> metrics(Context& context);
boost::asio::awaitable<Result<net::Response>> openapi(Context& context);

} // namespace panel::api::handlers
