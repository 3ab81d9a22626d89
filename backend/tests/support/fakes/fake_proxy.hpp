#pragma once
// Caddy in memory: keeps the sites it was given, refuses a host that another site has, and answers a probe
// from the slot that the marker files name. Loop thread only.

#include "services/caddy/proxy_control.hpp"
#include "services/caddy/slot_markers.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace panel::test {

class FakeProxy final : public caddy::ProxyControl {
  public:
    explicit FakeProxy(const caddy::SlotMarkers& markers) : markers_(markers) {}

    bool is_down = false;                       // every call answers unavailable
    std::map<std::uint16_t, int> requests_open; // by port
    // A probe is answered with this, whatever the markers say.
    std::optional<caddy::ProbeAnswer> probe_answer;
    std::function<void(const std::string& call)> on_call; // told of each call before it is done

    [[nodiscard]] const std::map<std::int64_t, caddy::Site>& sites() const { return sites_; }

    boost::asio::awaitable<Result<std::string>> version() override;
    boost::asio::awaitable<Result<void>> apply_site(caddy::Site site) override;
    boost::asio::awaitable<Result<void>> remove_site(std::int64_t project_id) override;
    Result<std::vector<std::int64_t>> list_sites() override;
    boost::asio::awaitable<Result<int>> open_requests(std::uint16_t port) override;
    boost::asio::awaitable<Result<caddy::ProbeAnswer>> probe(DomainName host, std::string path) override;

  private:
    void record(const std::string& call) const {
        if (on_call) on_call(call);
    }
    [[nodiscard]] const caddy::Site* site_of(const DomainName& host) const;

    const caddy::SlotMarkers& markers_;
    std::map<std::int64_t, caddy::Site> sites_; // by project
};

} // namespace panel::test
