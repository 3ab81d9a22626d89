#include "api/handlers/domain.hpp"

#include "services/project/project_service.hpp"

#include <utility>

namespace panel::api::handlers {

namespace asio = boost::asio;

namespace {

Result<wire::Domain> to_wire(const Result<Domain>& domain) {
    if (!domain) return std::unexpected(domain.error());
    return wire::to_wire(*domain);
}

} // namespace

asio::awaitable<Result<wire::Page<wire::Domain>>> list_domains(Context& context) {
    const auto domains =
        co_await context.services().project.list_domains(context.principal, context.id("project_id"));
    if (!domains) co_return std::unexpected(domains.error());
    wire::Page<wire::Domain> page;
    for (const auto& domain : *domains) page.items.push_back(wire::to_wire(domain));
    co_return page;
}

asio::awaitable<Result<wire::Domain>> add_domain(Context& context, wire::DomainInput body) {
    project::NewDomain input{std::move(body.domain), body.is_primary, body.tls};
    const auto project_id = context.id("project_id");
    co_return to_wire(
        co_await context.services().project.add_domain(context.principal, project_id, std::move(input)));
}

asio::awaitable<Result<wire::Domain>> change_domain(Context& context, wire::DomainPatch body) {
    const project::DomainPatch change{body.is_primary.as_optional(), body.tls.as_optional()};
    const auto project_id = context.id("project_id");
    const auto domain_id = context.id("domain_id");
    co_return to_wire(
        co_await context.services().project.patch_domain(context.principal, project_id, domain_id, change));
}

asio::awaitable<Result<void>> remove_domain(Context& context) {
    return context.services().project.remove_domain(context.principal, context.id("project_id"),
                                                    context.id("domain_id"));
}

} // namespace panel::api::handlers
