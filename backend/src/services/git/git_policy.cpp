#include "services/git/git_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace panel::git {
namespace {

namespace ip = boost::asio::ip;

struct Range {
    std::uint32_t start;
    int bits;
};

// IANA IPv4 Special-Purpose Address Registry (RFC 6890 and updates), multicast and class E.
constexpr std::array<Range, 15> special_v4 = {{
    {0x00000000, 8},  // this network
    {0x0a000000, 8},  // private
    {0x64400000, 10}, // shared, CGNAT
    {0x7f000000, 8},  // loopback
    {0xa9fe0000, 16}, // link-local, cloud metadata
    {0xac100000, 12}, // private
    {0xc0000000, 24}, // protocol assignments
    {0xc0000200, 24}, // documentation
    {0xc0586300, 24}, // 6to4 relays
    {0xc0a80000, 16}, // private
    {0xc6120000, 15}, // benchmarking
    {0xc6336400, 24}, // documentation
    {0xcb007100, 24}, // documentation
    {0xe0000000, 4},  // multicast
    {0xf0000000, 4},  // reserved, broadcast
}};

bool is_public_v4(const ip::address_v4& address) {
    const auto value = address.to_uint();
    return std::ranges::none_of(
        special_v4, [value](const Range& range) { return (value ^ range.start) >> (32 - range.bits) == 0; });
}

ip::address_v4 embedded_v4(const ip::address_v6::bytes_type& bytes, std::size_t at) {
    return ip::address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

bool is_public_v6(const ip::address_v6& address) {
    const auto bytes = address.to_bytes();
    if (address.is_v4_mapped()) return is_public_v4(embedded_v4(bytes, 12));
    constexpr std::array<std::uint8_t, 12> nat64 = {0x00, 0x64, 0xff,
                                                    0x9b}; // RFC 6052: how an IPv6-only server reaches IPv4
    if (std::equal(nat64.begin(), nat64.end(), bytes.begin())) return is_public_v4(embedded_v4(bytes, 12));
    if ((bytes[0] & 0xe0U) != 0x20) return false; // only 2000::/3 is global unicast
    if (bytes[0] == 0x20 && bytes[1] == 0x02) return is_public_v4(embedded_v4(bytes, 2)); // 6to4
    if (bytes[0] == 0x20 && bytes[1] == 0x01) {
        if (bytes[2] < 0x02) return false;                      // 2001::/23: Teredo, ORCHID, benchmarking
        if (bytes[2] == 0x0d && bytes[3] == 0xb8) return false; // documentation
    }
    return !(bytes[0] == 0x3f && bytes[1] == 0xff && (bytes[2] & 0xf0U) == 0); // documentation, RFC 9637
}

std::string_view trim(std::string_view text) {
    const auto start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

Result<PrivateHost> parse_private_host(std::string_view entry) {
    // One grammar for hosts: an entry is what may stand between "https://" and the path of an address.
    const auto url = GitUrl::parse(fmt::format("https://{}/x", entry));
    if (!url || entry.find_first_of("/@") != std::string_view::npos) {
        return fail(
            Code::invalid,
            fmt::format("\"{}\" in the list of private git hosts is not a host or host:port.", entry));
    }
    const bool has_port = entry.starts_with('[') ? !entry.ends_with(']') : entry.contains(':');
    PrivateHost host;
    host.host = url->host();
    host.port = has_port ? url->port() : std::uint16_t{0};
    return host;
}

} // namespace

Result<std::vector<PrivateHost>> parse_private_hosts(std::string_view list) {
    std::vector<PrivateHost> hosts;
    for (std::size_t start = 0; start <= list.size();) {
        const auto end = std::min(list.find(',', start), list.size());
        const auto entry = trim(list.substr(start, end - start));
        start = end + 1;
        if (entry.empty()) continue;
        auto host = parse_private_host(entry);
        if (!host) return std::unexpected(host.error());
        hosts.push_back(std::move(*host));
    }
    return hosts;
}

bool GitPolicy::is_listed(const GitUrl& url) const {
    return std::ranges::any_of(private_hosts, [&url](const PrivateHost& entry) {
        return entry.host == url.host() && (entry.port == 0 || entry.port == url.port());
    });
}

Result<void> GitPolicy::check_scheme(const GitUrl& url) const {
    if (url.scheme() != "http" || is_listed(url)) return {};
    return fail(
        Code::invalid,
        "Plain http:// is accepted only for git servers that the administrator listed; use https://.");
}

Result<void> GitPolicy::check_address(const GitUrl& url, const ip::address& address) const {
    if (is_listed(url) || is_public(address)) return {};
    return fail(Code::invalid, "The git server is on a private address; the administrator must list its host "
                               "in VPS_PANEL_PRIVATE_GIT_HOSTS first.");
}

bool is_public(const ip::address& address) {
    return address.is_v4() ? is_public_v4(address.to_v4()) : is_public_v6(address.to_v6());
}

} // namespace panel::git
