// The domains of ProjectService: a row and what Caddy serves change together, or not at all.

#include "database/database.hpp"
#include "database/domain_repo.hpp"
#include "database/project_repo.hpp"
#include "models/domain_name.hpp"
#include "services/deployment/site_of.hpp"
#include "services/project/project_service.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace panel::project {
namespace {

std::unexpected<Error> no_project() { return fail(Code::not_found, "There is no such project."); }
std::unexpected<Error> no_domain() { return fail(Code::not_found, "There is no such domain."); }
std::unexpected<Error> domain_taken(const char* why) {
    auto taken = fail_field("domain", why);
    taken.error().code = Code::conflict;
    return taken;
}

} // namespace

asio::awaitable<Result<std::vector<Domain>>> ProjectService::list_domains(Principal principal,
                                                                          std::int64_t project_id) {
    auto read = [&principal, project_id](soci::session& session) -> Result<std::vector<Domain>> {
        if (!database::find_project(session, principal, project_id)) return no_project();
        return database::list_domains(session, project_id);
    };
    co_return co_await database_.read(std::move(read));
}

// A server that was started for plain http has no port for certificates.
Result<void> ProjectService::check_tls(std::optional<bool> wanted) const {
    if (!wanted.value_or(false) || deployment_settings_.https) return {};
    return fail_field("tls", "this server serves plain http only; start it with --https first.");
}

// Whether the name is free on this server. Asked inside the transaction that takes it.
Result<void> ProjectService::check_new_domain(soci::session& session, const std::string& domain) const {
    if (domain == settings_.panel_host) return fail_field("domain", "this is the panel's own address.");
    const auto suffix = "." + deployment_settings_.app_domain;
    if (!domain.ends_with(suffix)) return {};
    const auto label = domain.substr(0, domain.size() - suffix.size());
    if (database::has_project_named(session, label))
        return domain_taken("this is the default address of a project.");
    return {};
}

asio::awaitable<Result<Domain>> ProjectService::add_domain(Principal principal, std::int64_t project_id,
                                                           NewDomain input) {
    auto name = DomainName::parse(input.domain);
    if (!name) co_return fail_field("domain", name.error().message);
    if (auto possible = check_tls(input.tls); !possible) co_return std::unexpected(possible.error());
    Domain domain{0, project_id, name->value(), input.is_primary.value_or(false), false, clock_.now()};
    // No certificate can exist for a name below .localhost.
    domain.tls = input.tls.value_or(deployment_settings_.https) && !name->is_localhost();
    auto write = [this, &principal, project_id,
                  &domain](soci::session& session) -> Result<std::vector<Domain>> {
        if (!database::find_project(session, principal, project_id)) return no_project();
        if (auto free = check_new_domain(session, domain.domain); !free) return std::unexpected(free.error());
        auto before = database::list_domains(session, project_id);
        const auto id = database::insert_domain(session, domain);
        if (!id) return std::unexpected(id.error());
        domain.id = *id;
        return before;
    };
    const auto before = co_await database_.write(std::move(write));
    if (!before) co_return std::unexpected(before.error());
    if (auto applied = co_await apply_site(project_id); !applied) {
        auto undo = [&domain, &before](soci::session& session) {
            database::delete_domain(session, domain.project_id, domain.id);
            for (const auto& row : *before) database::update_domain(session, row); // another one was primary
        };
        co_await database_.write(std::move(undo));
        co_return std::unexpected(applied.error());
    }
    co_return domain;
}

asio::awaitable<Result<Domain>> ProjectService::patch_domain(Principal principal, std::int64_t project_id,
                                                             std::int64_t domain_id, DomainPatch change) {
    struct Changed {
        std::vector<Domain> before;
        Domain after;
    };
    if (auto possible = check_tls(change.tls); !possible) co_return std::unexpected(possible.error());
    auto write = [&principal, project_id, domain_id, &change](soci::session& session) -> Result<Changed> {
        if (!database::find_project(session, principal, project_id)) return no_project();
        auto domain = database::find_domain(session, project_id, domain_id);
        if (!domain) return no_domain();
        Changed changed{database::list_domains(session, project_id), *domain};
        if (change.is_primary) changed.after.is_primary = *change.is_primary;
        if (change.tls) changed.after.tls = *change.tls && !domain->domain.ends_with(".localhost");
        database::update_domain(session, changed.after);
        return changed;
    };
    const auto changed = co_await database_.write(std::move(write));
    if (!changed) co_return std::unexpected(changed.error());
    if (auto applied = co_await apply_site(project_id); !applied) {
        auto undo = [&changed](soci::session& session) {
            for (const auto& row : changed->before) database::update_domain(session, row);
        };
        co_await database_.write(std::move(undo));
        co_return std::unexpected(applied.error());
    }
    co_return changed->after;
}

asio::awaitable<Result<void>> ProjectService::remove_domain(Principal principal, std::int64_t project_id,
                                                            std::int64_t domain_id) {
    auto write = [&principal, project_id, domain_id](soci::session& session) -> Result<Domain> {
        if (!database::find_project(session, principal, project_id)) return no_project();
        auto domain = database::find_domain(session, project_id, domain_id);
        if (!domain) return no_domain();
        database::delete_domain(session, project_id, domain_id);
        return *domain;
    };
    const auto removed = co_await database_.write(std::move(write));
    if (!removed) co_return std::unexpected(removed.error());
    auto applied = co_await apply_site(project_id);
    if (!applied) { // Caddy still answers to it: say so, and keep the row
        auto undo = [&removed](soci::session& session) {
            return database::insert_domain(session, *removed).has_value();
        };
        if (!co_await database_.write(std::move(undo)))
            spdlog::warn("project {}: a removed domain was taken meanwhile", project_id);
    }
    co_return applied;
}

// Brings Caddy's site in line with the rows. A project that was never live has no site: its first deployment
// makes it.
asio::awaitable<Result<void>> ProjectService::apply_site(std::int64_t project_id) {
    auto read = [this, project_id](soci::session& session) -> std::optional<Result<caddy::Site>> {
        const auto project = database::find_project(session, Principal::system(), project_id);
        if (!project || !project->live_deployment_id) return std::nullopt;
        return deployment::site_of(*project, database::list_domains(session, project_id),
                                   deployment_settings_);
    };
    auto site = co_await database_.read(std::move(read));
    if (!site) co_return Result<void>{};
    if (!*site) co_return std::unexpected(site->error());
    co_return co_await proxy_.apply_site(std::move(**site));
}

} // namespace panel::project
