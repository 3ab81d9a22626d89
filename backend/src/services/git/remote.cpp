#include "services/git/remote.hpp"

#include "base/deadline.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>

#include <optional>

namespace panel::git {
namespace {

namespace ip = asio::ip;
using Addresses = std::vector<ip::address>;

constexpr std::chrono::milliseconds resolve_deadline{10'000};
constexpr std::size_t address_limit = 8;

asio::awaitable<Addresses> query(std::string host) {
    ip::tcp::resolver resolver(co_await asio::this_coro::executor);
    const auto [error, found] =
        co_await resolver.async_resolve(host, "", asio::as_tuple(asio::use_awaitable));
    Addresses addresses;
    for (const auto& entry : found) addresses.push_back(entry.endpoint().address());
    co_return addresses;
}

asio::awaitable<Result<Addresses>> resolve(std::string host) {
    boost::system::error_code error;
    const auto literal = ip::make_address(host, error);
    if (!error) co_return Addresses{literal};
    auto addresses = co_await with_deadline(query(host), resolve_deadline);
    if (!addresses || addresses->empty())
        co_return fail(Code::unavailable, "The host of the git server cannot be found.");
    if (addresses->size() > address_limit) addresses->resize(address_limit);
    co_return std::move(*addresses);
}

std::string bracketed(const ip::address& address) {
    return address.is_v6() ? fmt::format("[{}]", address.to_string()) : address.to_string();
}

std::string render_pin(const GitUrl& url, const Addresses& addresses) {
    auto pin = fmt::format("{}:{}:", url.host(), url.port());
    for (const auto& address : addresses) pin += (pin.ends_with(':') ? "" : ",") + bracketed(address);
    return pin;
}

// git gives this to a shell: each part that is not written here is an address, a checked host name, or
// quoted.
std::string shell_quoted(std::string_view plain) {
    std::string text = "'";
    for (const char c : plain) {
        if (c == '\'') text += "'\\'";
        text += c;
    }
    return text + "'";
}

// ssh expands '%' in file names and takes white space for a separator.
std::string option_path(const std::filesystem::path& path) {
    std::string text = "\"";
    for (const char c : path.native()) {
        if (c == '%') text += '%';
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text + "\"";
}

std::string render_ssh(const GitUrl& url, const ip::address& address, const GitPolicy& policy,
                       const std::filesystem::path& known_hosts) {
    const auto key = policy.ssh_key_file.empty() ? std::string("none") : option_path(policy.ssh_key_file);
    return fmt::format(
        "ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile={} -o "
        "GlobalKnownHostsFile=/dev/null "
        "-o HostName={} -o HostKeyAlias={} -o IdentitiesOnly=yes -o IdentityAgent=none -o IdentityFile={} "
        "-o PreferredAuthentications=publickey -o ConnectTimeout=15 -o ServerAliveInterval=15 -o "
        "ServerAliveCountMax=2 "
        "-o ClearAllForwardings=yes -o PermitLocalCommand=no -o ProxyCommand=none -o UpdateHostKeys=no",
        shell_quoted(option_path(known_hosts)), address.to_string(), url.host(), shell_quoted(key));
}

} // namespace

asio::awaitable<Result<Remote>> Remote::open(GitUrl url, GitPolicy policy,
                                             std::filesystem::path known_hosts) {
    if (auto allowed = policy.check_scheme(url); !allowed) co_return std::unexpected(allowed.error());
    const auto addresses = co_await resolve(url.host());
    if (!addresses) co_return std::unexpected(addresses.error());
    // One private address among public ones is refused as well: git would be free to use it.
    for (const auto& address : *addresses) {
        if (auto allowed = policy.check_address(url, address); !allowed)
            co_return std::unexpected(allowed.error());
    }
    Remote remote;
    remote.address_ = url.value();
    remote.scheme_ = url.scheme();
    if (url.is_ssh()) {
        remote.ssh_command_ = render_ssh(url, addresses->front(), policy, known_hosts);
    } else {
        remote.pin_ = render_pin(url, *addresses);
    }
    co_return remote;
}

void Remote::apply(GitCommand& command) const {
    command.allow_protocol(scheme_);
    if (!pin_.empty()) command.setting("http.curloptResolve", pin_);
    if (!ssh_command_.empty())
        command.variable("GIT_SSH_COMMAND", ssh_command_).variable("GIT_SSH_VARIANT", "ssh");
}

bool Remote::add_suffix() {
    if (scheme_ == "ssh" || address_.ends_with(".git")) return false;
    address_ += ".git";
    return true;
}

} // namespace panel::git
