#pragma once
// /deployments and /projects/{id}/deployments. Loop thread.

#include "api/answer.hpp"
#include "api/context.hpp"
#include "api/json/deployment_json.hpp"
#include "api/json/page_json.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::api::handlers {

boost::asio::awaitable<Result<Shared<wire::Page<wire::Deployment>>>>
list_project_deployments(Context& context);
boost::asio::awaitable<Result<Shared<wire::Page<wire::Deployment>>>> list_deployments(Context& context);
boost::asio::awaitable<Result<wire::Deployment>> trigger_deployment(Context& context,
                                                                    wire::DeploymentInput body);
boost::asio::awaitable<Result<Shared<wire::Deployment>>> read_deployment(Context& context);
boost::asio::awaitable<Result<wire::Deployment>> cancel_deployment(Context& context);
boost::asio::awaitable<Result<wire::Deployment>> roll_back_deployment(Context& context,
                                                                      wire::RollbackInput body);
// From byte `offset` on, at most 1 MiB; X-Log-Next-Offset, and X-Log-End when nothing follows.
boost::asio::awaitable<Result<Shared<PlainText>>> read_deployment_log(Context& context);

} // namespace panel::api::handlers
