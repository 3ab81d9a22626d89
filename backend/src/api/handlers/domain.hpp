#pragma once
// /projects/{id}/domains. Loop thread.

#include "api/context.hpp"
#include "api/json/domain_json.hpp"
#include "api/json/page_json.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::api::handlers {

boost::asio::awaitable<Result<wire::Page<wire::Domain>>> list_domains(Context& context);
boost::asio::awaitable<Result<wire::Domain>> add_domain(Context& context, wire::DomainInput body);
boost::asio::awaitable<Result<wire::Domain>> change_domain(Context& context, wire::DomainPatch body);
boost::asio::awaitable<Result<void>> remove_domain(Context& context);

} // namespace panel::api::handlers
