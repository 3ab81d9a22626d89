#include "services/deployment/site_repair.hpp"

#include "base/crash_point.hpp"
#include "database/database.hpp"
#include "database/domain_repo.hpp"
#include "database/project_repo.hpp"
#include "services/deployment/release_record.hpp"
#include "services/deployment/site_of.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace panel::deployment {

namespace {

std::vector<caddy::Site> sites_of(const WorldRecord& world, const Settings& settings) {
    std::vector<caddy::Site> sites;
    for (const auto& project : world.projects) {
        if (!world.live.contains(project.id)) continue;
        const auto domains = world.domains.find(project.id);
        auto site = site_of(project, domains == world.domains.end() ? std::vector<Domain>{} : domains->second,
                            settings);
        if (site) sites.push_back(std::move(*site));
    }
    return sites;
}

} // namespace

void SiteRepair::keep_markers(const WorldRecord& world) {
    for (const auto& project : world.projects) {
        if (world.deploying.contains(project.id)) continue;
        if (const auto live = world.live.find(project.id); live != world.live.end())
            keep_marker(project, live->second);
    }
}

void SiteRepair::keep_marker(const Project& project, const Release& live) {
    const auto slot = parse_slot(live.slot);
    auto& markers = ports_.markers;
    const auto files = static_files_of(live);
    if (slot == caddy::Slot::static_files && markers.published_static(project.id) != files) {
        if (const auto published = markers.publish_static(project.id, files); !published) {
            spdlog::error("project {}: {}", project.id, published.error().message);
            return;
        }
        repairs_.note("link", fmt::format("project {}: the link to its files", project.id));
        CRASH_POINT("reconcile.link.repaired");
    }
    const bool single_page = is_single_page(live);
    const bool is_right =
        markers.read(project.id) == slot &&
        (slot != caddy::Slot::static_files || markers.is_single_page(project.id) == single_page);
    if (is_right) return;
    if (const auto set = markers.set(project.id, slot, single_page); !set) return;
    repairs_.note("marker", fmt::format("project {}: its release marker", project.id));
    CRASH_POINT("reconcile.marker.repaired");
}

asio::awaitable<void> SiteRepair::keep_sites(const WorldRecord& world,
                                             const std::vector<std::int64_t>& files) {
    const auto kept = co_await repair_sites(world, files);
    if (kept)
        repairs_.reachable("Caddy");
    else if (kept.error().code != Code::cancelled)
        repairs_.unreachable("Caddy", kept.error().message);
}

asio::awaitable<Result<void>> SiteRepair::repair_sites(const WorldRecord& world,
                                                       const std::vector<std::int64_t>& files) {
    for (const auto id : files) {
        if (world.has_project(id)) continue;
        if (auto removed = co_await ports_.proxy.remove_site(id); !removed) co_return removed;
        repairs_.note("site", fmt::format("the site of project {}, which is gone", id));
    }
    auto check = co_await ports_.proxy.check_sites(sites_of(world, ports_.settings));
    if (!check) co_return std::unexpected(check.error());
    for (const auto id : check->differing) {
        if (auto applied = co_await apply_fresh(id); !applied) co_return applied;
        repairs_.note("site", fmt::format("the site of project {}", id));
        CRASH_POINT("reconcile.site.applied");
    }
    if (check->is_in_force || !check->differing.empty()) co_return Result<void>{};
    auto loaded = co_await ports_.proxy.load();
    if (loaded) repairs_.note("caddy", "Caddy had another configuration than the site files");
    co_return loaded;
}

// From the record as it is now: a domain may have changed since the world was read.
asio::awaitable<Result<void>> SiteRepair::apply_fresh(std::int64_t project_id) {
    auto read = [project_id](soci::session& session) {
        return std::pair(database::find_project(session, Principal::system(), project_id),
                         database::list_domains(session, project_id));
    };
    const auto [project, domains] = co_await ports_.database.read(std::move(read));
    if (!project || !project->live_deployment_id) co_return Result<void>{};
    auto site = site_of(*project, domains, ports_.settings);
    if (!site) co_return std::unexpected(site.error());
    co_return co_await ports_.proxy.apply_site(std::move(*site));
}

} // namespace panel::deployment
