#include "api/handlers/environment.hpp"

#include "services/environment/environment_service.hpp"

#include <utility>

namespace panel::api::handlers {

namespace asio = boost::asio;

namespace {

Result<wire::Page<wire::EnvironmentVariable>>
to_page(const Result<std::vector<EnvironmentVariable>>& variables) {
    if (!variables) return std::unexpected(variables.error());
    wire::Page<wire::EnvironmentVariable> page;
    for (const auto& variable : *variables) {
        auto value = variable.is_secret ? std::nullopt : std::optional(variable.value.reveal());
        page.items.push_back({variable.key, std::move(value), variable.is_secret, variable.scope});
    }
    return page;
}

} // namespace

std::vector<environment::VariableInput> to_variables(wire::EnvironmentInput input) {
    std::vector<environment::VariableInput> out;
    out.reserve(input.size());
    for (auto& item : input)
        out.push_back({std::move(item.key), std::move(item.value), item.is_secret.value_or(false),
                       item.scope.value_or(EnvironmentScope::all)});
    return out;
}

asio::awaitable<Result<wire::Page<wire::EnvironmentVariable>>> list_environment(Context& context) {
    const auto project_id = context.id("project_id");
    co_return to_page(co_await context.services().environment.list(context.principal, project_id));
}

asio::awaitable<Result<wire::Page<wire::EnvironmentVariable>>>
replace_environment(Context& context, wire::EnvironmentInput body) {
    auto variables = to_variables(std::move(body));
    const auto project_id = context.id("project_id");
    co_return to_page(
        co_await context.services().environment.put(context.principal, project_id, std::move(variables)));
}

asio::awaitable<Result<void>> remove_environment_variable(Context& context) {
    return context.services().environment.remove(context.principal, context.id("project_id"),
                                                 std::string(context.path.text("key")));
}

} // namespace panel::api::handlers
