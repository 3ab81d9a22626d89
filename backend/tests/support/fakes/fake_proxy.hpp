#pragma once
// Caddy in memory: keeps the sites it was given, refuses a host that another site has, and answers a probe
// from the slot that the marker files name. Loop thread only.

#include "services/caddy/proxy_control.hpp"
#include "services/caddy/slot_markers.hpp"
#include "support/fakes/hang.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace panel::test {

class FakeProxy final : public caddy::ProxyControl {
  public:
    explicit FakeProxy(const caddy::SlotMarkers& markers) : markers_(markers) {}

    std::string hangs_at;                       // this call never answers
    bool is_down = false;                       // every call answers unavailable
    std::map<std::uint16_t, int> requests_open; // by port
    // A probe is answered with this, whatever the markers say.
    std::optional<caddy::ProbeAnswer> probe_answer;
    bool is_in_force = true;          // Caddy runs what was loaded last
    std::vector<std::int64_t> edited; // projects whose site file somebody has changed by hand
    std::function<void(const std::string& call)> on_call; // told of each call before it is done

    [[nodiscard]] const std::map<std::int64_t, caddy::Site>& sites() const { return sites_; }

    boost::asio::awaitable<Result<std::string>> version() override;
    boost::asio::awaitable<Result<void>> apply_site(caddy::Site site) override;
    boost::asio::awaitable<Result<void>> remove_site(std::int64_t project_id) override;
    boost::asio::awaitable<Result<caddy::SiteCheck>> check_sites(std::vector<caddy::Site> sites) override;
    boost::asio::awaitable<Result<void>> load() override;
    Result<std::vector<std::int64_t>> list_sites() override;
    void lose(std::int64_t project_id) { sites_.erase(project_id); } // its file is removed by hand
    boost::asio::awaitable<Result<int>> open_requests(std::uint16_t port) override;
    boost::asio::awaitable<Result<caddy::ProbeAnswer>> probe(DomainName host, std::string path) override;

  private:
    boost::asio::awaitable<void> record(std::string call) const {
        if (on_call) on_call(call);
        if (call == hangs_at) co_await hang();
    }
    [[nodiscard]] const caddy::Site* site_of(const DomainName& host) const;

    const caddy::SlotMarkers& markers_;
    std::map<std::int64_t, caddy::Site> sites_; // by project
};

} // namespace panel::test
