#pragma once
// /webhooks/{provider}/{id}, called by git servers, and what a user enters there. Loop thread.

#include "api/answer.hpp"
#include "api/context.hpp"
#include "api/json/live_json.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::api::handlers {

boost::asio::awaitable<Result<WithStatus<wire::WebhookOutcome>>> receive_webhook(Context& context);
boost::asio::awaitable<Result<wire::Webhook>> read_webhook(Context& context);

} // namespace panel::api::handlers
