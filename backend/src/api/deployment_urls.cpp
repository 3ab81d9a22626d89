#include "api/deployment_urls.hpp"

#include "services/server/project_urls.hpp"

namespace panel::api {

namespace asio = boost::asio;

asio::awaitable<std::optional<std::string>> deployment_url(Services& services, const DeploymentRow& row) {
    const auto urls = co_await services.urls.of(std::span(&row, 1));
    co_return urls.at(row.deployment.project_id);
}

asio::awaitable<std::vector<wire::Deployment>> to_wire(Services& services,
                                                       std::span<const DeploymentRow> rows) {
    const auto urls = co_await services.urls.of(rows);
    std::vector<wire::Deployment> out;
    out.reserve(rows.size());
    for (const auto& row : rows) out.push_back(wire::to_wire(row, urls.at(row.deployment.project_id)));
    co_return out;
}

} // namespace panel::api
