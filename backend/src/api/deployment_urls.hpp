#pragma once
// Deployments with the addresses of their projects, ready for the wire. Loop thread; suspends for the
// database.

#include "api/json/deployment_json.hpp"
#include "api/services.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace panel::api {

// The arguments must outlive the call.
boost::asio::awaitable<std::optional<std::string>> deployment_url(Services& services,
                                                                  const DeploymentRow& row);
boost::asio::awaitable<std::vector<wire::Deployment>> to_wire(Services& services,
                                                              std::span<const DeploymentRow> rows);

} // namespace panel::api
