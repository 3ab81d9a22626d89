#pragma once
// The port to Caddy: one site file per project, reloads only when domains change; the release switch is a
// marker file (slot_markers.hpp), never a reload. Implemented by CaddyService, and by a fake in tests. Owned
// by App. Loop thread only; every call has a deadline. Errors: unavailable (Caddy not running or hangs),
// invalid (Caddy refused the configuration; the old one is still in force).

#include "base/result.hpp"
#include "models/domain_name.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace panel::caddy {

struct SiteDomain {
    DomainName name;
    bool tls = false; // https with an automatic certificate; else plain http on the app port
};

struct Site {
    std::int64_t project_id = 0;
    std::vector<SiteDomain> domains; // at least one
    std::uint16_t blue_port = 0;     // on 127.0.0.1
    std::uint16_t green_port = 0;
};

// How long open_requests() must have been 0 without a break before what listens on the port may be stopped:
// longer than Caddy keeps an idle connection (1 s), so that none to the old release is left that a request of
// the next release on this port could be sent into.
inline constexpr std::chrono::milliseconds drain_quiet_time{1'500};

// What answered a request through the project's own route.
struct ProbeAnswer {
    int status = 0;
    std::string slot; // "blue", "green", "static" or "" (none is live)
};

struct SiteCheck {
    std::vector<std::int64_t> differing; // projects whose file is missing or another
    bool is_in_force = true;
};

class ProxyControl {
  public:
    virtual ~ProxyControl() = default;

    virtual boost::asio::awaitable<Result<std::string>> version() = 0;
    // Writes the site file, lets Caddy check it, loads it. Nothing happens when the file already says so and
    // Caddy has it. When Caddy refuses it, the old file is put back.
    virtual boost::asio::awaitable<Result<void>> apply_site(Site site) = 0;
    virtual boost::asio::awaitable<Result<void>>
    remove_site(std::int64_t project_id) = 0; // absent is success
    // Whether the files of these sites are as they should be, and Caddy has in force what was loaded last;
    // changes nothing.
    virtual boost::asio::awaitable<Result<SiteCheck>> check_sites(std::vector<Site> sites) = 0;
    // Loads the files as they are.
    virtual boost::asio::awaitable<Result<void>> load() = 0;
    // Site files that exist, for reconcile.
    virtual Result<std::vector<std::int64_t>> list_sites() = 0;
    // Requests that Caddy has under way to 127.0.0.1:port (GET /reverse_proxy/upstreams); 0 when it does not
    // know the port.
    virtual boost::asio::awaitable<Result<int>> open_requests(std::uint16_t port) = 0;
    // GET through Caddy's listener as a visitor of `host` would.
    virtual boost::asio::awaitable<Result<ProbeAnswer>> probe(DomainName host, std::string path) = 0;
};

} // namespace panel::caddy
