#pragma once
// Which git servers may be asked: addresses on the public internet over https and ssh, and hosts that the
// administrator listed (VPS_PANEL_PRIVATE_GIT_HOSTS), which may be on private addresses and speak plain http.
// Security checks SS01 to SS03. Pure, any thread.

#include "base/result.hpp"
#include "models/git_url.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace panel::git {

struct PrivateHost {
    std::string host;       // lower case
    std::uint16_t port = 0; // 0: every port

    friend bool operator==(const PrivateHost&, const PrivateHost&) = default;
};

// "git.lan, 10.0.0.5:3000, [fd00::5]:8443". Fails with invalid and names the entry.
[[nodiscard]] Result<std::vector<PrivateHost>> parse_private_hosts(std::string_view list);

struct GitPolicy {
    std::vector<PrivateHost> private_hosts;
    std::filesystem::path ssh_key_file; // private key for ssh addresses; empty: none, whatever the account
                                        // that runs the panel has

    [[nodiscard]] bool is_listed(const GitUrl& url) const;
    // Before anything is resolved. invalid: plain http to a host that is not listed.
    [[nodiscard]] Result<void> check_scheme(const GitUrl& url) const;
    // For each address that the host resolved to. invalid: not on the public internet, and the host is not
    // listed.
    [[nodiscard]] Result<void> check_address(const GitUrl& url,
                                             const boost::asio::ip::address& address) const;
};

// Neither private, loopback, link-local (cloud metadata), shared (CGNAT), multicast, reserved, documentation
// nor a wrapping of such an address in IPv6.
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

} // namespace panel::git
