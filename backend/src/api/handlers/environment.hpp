#pragma once
// /projects/{id}/environment. Loop thread.

#include "api/context.hpp"
#include "api/json/environment_json.hpp"
#include "api/json/page_json.hpp"
#include "base/result.hpp"
#include "services/environment/environment_set.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace panel::api::handlers {

boost::asio::awaitable<Result<wire::Page<wire::EnvironmentVariable>>> list_environment(Context& context);
boost::asio::awaitable<Result<wire::Page<wire::EnvironmentVariable>>>
replace_environment(Context& context, wire::EnvironmentInput body);
boost::asio::awaitable<Result<void>> remove_environment_variable(Context& context);

[[nodiscard]] std::vector<environment::VariableInput> to_variables(wire::EnvironmentInput input);

} // namespace panel::api::handlers
