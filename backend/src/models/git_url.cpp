#include "models/git_url.hpp"

#include "models/text_rules.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace panel {
namespace {

constexpr std::size_t length_limit = 1024;
constexpr std::string_view forms =
    "Use an address such as https://git.example.com/team/app.git or git@git.example.com:team/app.git.";

std::unexpected<Error> refuse(std::string_view reason) { return fail(Code::invalid, std::string(reason)); }

std::uint16_t default_port(std::string_view scheme) {
    if (scheme == "https") return 443;
    return scheme == "http" ? 80 : 22;
}

bool is_label(std::string_view label) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    return std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

// A host whose last label is a number is an IPv4 address to every resolver (2130706433, 0x7f.1, 127.1): only
// the plain dotted form is one to us.
bool ends_in_number(std::string_view host) {
    const auto last = host.substr(host.rfind('.') + 1);
    if (std::ranges::all_of(last, is_digit)) return true;
    return last.starts_with("0x") && std::ranges::all_of(last.substr(2), is_hexadecimal);
}

bool is_host(const std::string& host) {
    if (host.empty() || host.size() > 253) return false;
    for (std::size_t start = 0; start <= host.size();) {
        const auto end = std::min(host.find('.', start), host.size());
        if (!is_label(std::string_view(host).substr(start, end - start))) return false;
        start = end + 1;
    }
    in_addr address{};
    return !ends_in_number(host) || inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_user(std::string_view user) {
    if (user.empty() || user.size() > 64 || !(is_alphanumeric(user.front()) || user.front() == '_'))
        return false;
    return std::ranges::all_of(user,
                               [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

// "%20" is needed by some hosts; an encoded control character, separator, dot, backslash or percent sign by
// none.
bool is_escape_allowed(std::string_view path, std::size_t at) {
    if (at + 2 >= path.size() || !is_hexadecimal(path[at + 1]) || !is_hexadecimal(path[at + 2])) return false;
    unsigned value = 0;
    std::from_chars(path.data() + at + 1, path.data() + at + 3, value, 16);
    return value >= 0x20 && value != 0x7f &&
           std::string_view("/.\\%").find(static_cast<char>(value)) == std::string_view::npos;
}

bool is_path(std::string_view path) {
    for (std::size_t start = 0; start <= path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        const auto part = path.substr(start, end - start);
        if (part.empty() || part == "." || part == ".." || part == ".git" || part.front() == '-')
            return false;
        start = end + 1;
    }
    for (std::size_t i = 0; i < path.size(); ++i) {
        const bool plain =
            is_alphanumeric(path[i]) || std::string_view("-._~/+@=,").find(path[i]) != std::string_view::npos;
        if (!plain && !(path[i] == '%' && is_escape_allowed(path, i))) return false;
    }
    return true;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

} // namespace

Result<GitUrl> GitUrl::parse(std::string_view text) {
    if (text.empty()) return refuse("The address of a git repository is needed.");
    if (text.size() > length_limit) return refuse("The address is too long.");
    if (!std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; })) {
        return refuse("The address must not hold spaces, control characters or letters outside ASCII.");
    }
    if (text.front() == '-') return refuse("The address must not start with a hyphen.");
    if (text.find_first_of("?#") != std::string_view::npos)
        return refuse("Leave out what follows ? or # in the address.");
    const auto separator = text.find("://");
    if (separator != std::string_view::npos) {
        auto scheme = to_lower(text.substr(0, separator));
        if (scheme != "https" && scheme != "http" && scheme != "ssh") {
            return refuse(fmt::format("Only https:// and ssh addresses are accepted. {}", forms));
        }
        return parse_scheme_form(std::move(scheme), text.substr(separator + 3));
    }
    return parse_scp_form(text);
}

Result<GitUrl> GitUrl::parse_scheme_form(std::string scheme, std::string_view rest) {
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos)
        return refuse(fmt::format("The address names no repository. {}", forms));
    auto authority = rest.substr(0, slash);
    auto path = rest.substr(slash + 1);
    while (path.ends_with('/')) path.remove_suffix(1);

    std::string user;
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        user = authority.substr(0, at);
        if (scheme != "ssh" || user.find(':') != std::string::npos) {
            return refuse("The address must not hold a user name, password or token: they would be stored "
                          "and shown with it.");
        }
        if (!is_user(user)) return refuse("The user name in the address is not valid.");
        authority.remove_prefix(at + 1);
    }
    const bool bracketed = authority.starts_with('[');
    const auto colon = bracketed ? authority.find(':', std::min(authority.find(']'), authority.size()))
                                 : authority.find(':');
    auto host = to_lower(authority.substr(0, colon));
    auto port = std::optional(default_port(scheme));
    if (colon != std::string_view::npos) port = parse_port(authority.substr(colon + 1));
    if (!port) return refuse("The port in the address is not a number from 1 to 65535.");
    if (bracketed) {
        if (!host.ends_with(']') || !is_ipv6(host.substr(1, host.size() - 2)))
            return refuse("The host in the address is not valid.");
        host = host.substr(1, host.size() - 2);
    } else if (!is_host(host)) {
        return refuse("The host in the address is not valid.");
    }
    if (!is_path(path)) return refuse("The path in the address is not valid.");

    GitUrl url;
    url.value_ =
        fmt::format("{}://{}{}{}{}{}/{}", scheme, user, user.empty() ? "" : "@",
                    bracketed ? fmt::format("[{}]", host) : host, *port == default_port(scheme) ? "" : ":",
                    *port == default_port(scheme) ? "" : std::to_string(*port), path);
    url.scheme_ = std::move(scheme);
    url.host_ = std::move(host);
    url.port_ = *port;
    url.path_ = path;
    return url;
}

Result<GitUrl> GitUrl::parse_scp_form(std::string_view text) {
    const auto at = text.find('@');
    const auto colon = text.find(':');
    if (at == std::string_view::npos || colon == std::string_view::npos || at > colon) {
        return refuse(fmt::format("This is not an address of a git repository. {}", forms));
    }
    const auto user = text.substr(0, at);
    auto host = to_lower(text.substr(at + 1, colon - at - 1));
    auto path = text.substr(colon + 1);
    while (path.ends_with('/')) path.remove_suffix(1);
    const bool absolute = path.starts_with('/');
    if (!is_user(user)) return refuse("The user name in the address is not valid.");
    if (!is_host(host)) return refuse("The host in the address is not valid.");
    if (!is_path(absolute ? path.substr(1) : path)) return refuse("The path in the address is not valid.");

    GitUrl url;
    url.value_ = fmt::format("{}@{}:{}", user, host, path);
    url.scheme_ = "ssh";
    url.host_ = std::move(host);
    url.port_ = 22;
    url.path_ = absolute ? path.substr(1) : path;
    return url;
}

std::string GitUrl::repository_name() const {
    auto name = path_.substr(path_.rfind('/') + 1);
    if (name.size() > 4 && name.ends_with(".git")) name.resize(name.size() - 4);
    return name;
}

} // namespace panel
