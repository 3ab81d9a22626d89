#include "support/fakes/fake_proxy.hpp"

#include <algorithm>
#include <utility>

namespace panel::test {

namespace asio = boost::asio;

namespace {

std::unexpected<Error> down() { return fail(Code::unavailable, "Caddy does not answer."); }

} // namespace

const caddy::Site* FakeProxy::site_of(const DomainName& host) const {
    for (const auto& [project_id, site] : sites_)
        if (std::ranges::any_of(site.domains,
                                [&](const caddy::SiteDomain& domain) { return domain.name == host; }))
            return &site;
    return nullptr;
}

asio::awaitable<Result<std::string>> FakeProxy::version() {
    if (is_down) co_return down();
    co_return "2.6.2";
}

asio::awaitable<Result<void>> FakeProxy::apply_site(caddy::Site site) {
    co_await record("apply site " + std::to_string(site.project_id));
    if (is_down) co_return down();
    for (const auto& domain : site.domains) {
        const auto* other = site_of(domain.name);
        if (other && other->project_id != site.project_id)
            co_return fail(Code::invalid, "Caddy refused the configuration.");
    }
    std::erase(edited, site.project_id);
    is_in_force = true;
    sites_.insert_or_assign(site.project_id, std::move(site));
    co_return Result<void>{};
}

asio::awaitable<Result<void>> FakeProxy::remove_site(std::int64_t project_id) {
    co_await record("remove site " + std::to_string(project_id));
    if (is_down) co_return down();
    sites_.erase(project_id);
    co_return Result<void>{};
}

asio::awaitable<Result<caddy::SiteCheck>> FakeProxy::check_sites(std::vector<caddy::Site> sites) {
    if (is_down) co_return down();
    caddy::SiteCheck check;
    for (const auto& site : sites)
        if (!sites_.contains(site.project_id) || std::ranges::find(edited, site.project_id) != edited.end())
            check.differing.push_back(site.project_id);
    check.is_in_force = is_in_force;
    co_return check;
}

asio::awaitable<Result<void>> FakeProxy::load() {
    co_await record("load");
    if (is_down) co_return down();
    is_in_force = true;
    co_return Result<void>{};
}

Result<std::vector<std::int64_t>> FakeProxy::list_sites() {
    std::vector<std::int64_t> out;
    for (const auto& [project_id, site] : sites_) out.push_back(project_id);
    return out;
}

asio::awaitable<Result<int>> FakeProxy::open_requests(std::uint16_t port) {
    co_await record("count requests " + std::to_string(port));
    if (is_down) co_return down();
    const auto found = requests_open.find(port);
    co_return found == requests_open.end() ? 0 : found->second;
}

asio::awaitable<Result<caddy::ProbeAnswer>> FakeProxy::probe(DomainName host, std::string) {
    co_await record("probe " + host.value());
    if (is_down) co_return down();
    const auto* site = site_of(host);
    if (!site) co_return caddy::ProbeAnswer{404, ""};
    if (probe_answer) co_return *probe_answer;
    const auto slot = markers_.read(site->project_id);
    if (slot == caddy::Slot::none) co_return caddy::ProbeAnswer{503, ""};
    co_return caddy::ProbeAnswer{200, std::string(caddy::to_string(slot))};
}

} // namespace panel::test
