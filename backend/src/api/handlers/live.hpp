#pragma once
// /projects/{id}/logs and /metrics: the release that visitors get. Loop thread.

#include "api/answer.hpp"
#include "api/context.hpp"
#include "api/json/live_json.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::api::handlers {

boost::asio::awaitable<Result<PlainText>> read_live_log(Context& context);
boost::asio::awaitable<Result<wire::Metrics>> read_live_metrics(Context& context);

} // namespace panel::api::handlers
