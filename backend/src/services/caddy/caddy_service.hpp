#pragma once
// ProxyControl over Caddy's admin interface (https://caddyserver.com/docs/api, Caddy 2.6.2 and newer) and a
// directory of site files that Caddy's main Caddyfile imports: Caddy starts with the right sites even when
// the panel is down. Owned by App. Loop thread only; site files are small and written in place. Reloads run
// one at a time in a task of their own: what is asked for meanwhile shares the next one, and a cancelled
// caller never leaves a half-applied change. Caddy itself skips a reload that changes nothing.
//
// The main Caddyfile must hold in its global options the same admin address (a reload with another would move
// it), for a unix socket with `origins localhost` (else Caddy takes no request with a Host there), a
// grace_period of at most 30 s (without one, a reload waits for ever for open WebSockets), and after them
// `import <site_files>/*.caddy`.

#include "base/task_group.hpp"
#include "net/http_client.hpp"
#include "services/caddy/proxy_control.hpp"
#include "services/caddy/site_config.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace panel::caddy {

struct CaddySettings {
    net::Endpoint admin;                        // unix socket or host and port
    std::filesystem::path caddyfile;            // the main one
    std::filesystem::path site_files_directory; // <id>.caddy
    SitePaths site_paths;
    std::string program = "caddy"; // asked for its version only
};

class CaddyService final : public ProxyControl {
  public:
    CaddyService(boost::asio::any_io_executor executor, CaddySettings settings);
    ~CaddyService() override;

    boost::asio::awaitable<Result<std::string>>
    version() override; // "2.6.2"; unavailable when Caddy does not answer
    boost::asio::awaitable<Result<void>> apply_site(Site site) override;
    boost::asio::awaitable<Result<void>> remove_site(std::int64_t project_id) override;
    boost::asio::awaitable<Result<SiteCheck>> check_sites(std::vector<Site> sites) override;
    boost::asio::awaitable<Result<void>> load() override;
    Result<std::vector<std::int64_t>> list_sites() override;
    boost::asio::awaitable<Result<int>> open_requests(std::uint16_t port) override;
    boost::asio::awaitable<Result<ProbeAnswer>> probe(DomainName host, std::string path) override;

    // Ends a reload under way; waiting callers get cancelled. Call it before the service goes.
    boost::asio::awaitable<void> stop();

  private:
    struct Change;
    using Batch = std::deque<std::shared_ptr<Change>>;

    boost::asio::awaitable<Result<void>> submit(std::int64_t project_id, std::optional<std::string> text);
    boost::asio::awaitable<void> work();
    boost::asio::awaitable<Result<void>> load_batch(const Batch& batch);
    boost::asio::awaitable<Result<void>> reload();
    boost::asio::awaitable<Result<std::size_t>> config_in_force();
    boost::asio::awaitable<Result<net::Response>> ask_admin(std::string target);
    void remove_temporary_files() const;
    [[nodiscard]] std::filesystem::path site_file(std::int64_t project_id) const;

    CaddySettings settings_;
    Batch waiting_; // changes that no reload has taken up; shared with the callers that wait for them
    bool is_working_ = false;
    std::optional<std::size_t> loaded_; // hash of the configuration that the last load brought about
    boost::asio::any_io_executor executor_;
    TaskGroup tasks_;
};

} // namespace panel::caddy
