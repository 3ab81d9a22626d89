#include "services/queue/redis/target.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/decode_view.hpp>
#include <boost/url/pct_string_view.hpp>
#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace panel::queue::redis {

namespace {

constexpr std::uint16_t default_port = 6379;
constexpr int most_databases = 1'000'000;

struct Scheme {
    std::string_view prefix;
    bool tls;
    bool cluster;
    bool unix_socket;
};
constexpr Scheme schemes[] = {{"redis://", false, false, false},
                              {"rediss://", true, false, false},
                              {"redis-cluster://", false, true, false},
                              {"rediss-cluster://", true, true, false},
                              {"unix://", false, false, true}};

template <class Number> std::optional<Number> number_in(std::string_view text, Number least, Number most) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) return {};
    return value;
}

std::optional<std::string> decoded(std::string_view text) {
    const auto view = boost::urls::make_pct_string_view(text);
    if (!view) return {};
    std::string plain;
    for (const char c : *(*view)) plain += c;
    return plain;
}

bool is_here(const std::string& host) {
    if (host == "localhost") return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    return !error && address.is_loopback();
}

// "host", "host:port", "[::1]:port"
Result<net::StreamTarget> parse_address(std::string_view text, bool tls) {
    net::StreamTarget address{.socket_path = {}, .host = {}, .port = default_port, .tls = tls};
    auto end_of_host = text.find(':');
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == text.npos) return fail(Code::invalid, "The Redis address has a '[' without ']'.");
        address.host = text.substr(1, close - 1);
        end_of_host = close + 1;
    } else {
        address.host = text.substr(0, end_of_host);
    }
    if (address.host.empty()) return fail(Code::invalid, "The Redis address names no host.");
    if (end_of_host >= text.size()) return address;
    const auto port = number_in<std::uint16_t>(text.substr(end_of_host + 1), 1, 65535);
    if (text[end_of_host] != ':' || !port)
        return fail(Code::invalid, "The port of the Redis address is wrong.");
    address.port = *port;
    return address;
}

Result<void> take_credentials(Target& target, std::string_view& rest) {
    const auto at = rest.rfind('@');
    if (at == rest.npos) return {};
    const auto text = rest.substr(0, at);
    const auto colon = text.find(':');
    if (colon == text.npos)
        return fail(Code::invalid, "Before the '@' of the Redis address stands user:password.");
    auto user = decoded(text.substr(0, colon));
    auto password = decoded(text.substr(colon + 1));
    if (!user || !password)
        return fail(Code::invalid, "User or password of the Redis address is not percent-encoded correctly.");
    target.user = std::move(*user);
    target.password = Secret(std::move(*password));
    rest.remove_prefix(at + 1);
    return {};
}

Result<void> take_database(Target& target, std::string_view text) {
    if (text.empty()) return {};
    const auto db = number_in<int>(text, 0, most_databases);
    if (!db) return fail(Code::invalid, "The database of the Redis address is not a number.");
    if (target.is_cluster && *db != 0) return fail(Code::invalid, "A Redis cluster has only the database 0.");
    target.db = *db;
    return {};
}

Result<Target> parse_socket(Target target, std::string_view rest) {
    const auto query = rest.find('?');
    const auto path = rest.substr(0, query);
    if (!path.starts_with('/')) return fail(Code::invalid, "unix:// takes the full path of Redis' socket.");
    target.addresses.push_back({.socket_path = std::string(path), .host = {}, .port = 0, .tls = false});
    if (query == rest.npos) return target;
    const auto option = rest.substr(query + 1);
    if (!option.starts_with("db="))
        return fail(Code::invalid, "After the path of Redis' socket only ?db= is known.");
    if (auto taken = take_database(target, option.substr(3)); !taken) return std::unexpected(taken.error());
    return target;
}

Result<Target> parse_hosts(Target target, std::string_view rest, bool tls) {
    const auto slash = rest.find('/');
    const auto db = slash == rest.npos ? std::string_view{} : rest.substr(slash + 1);
    if (auto taken = take_database(target, db); !taken) return std::unexpected(taken.error());
    auto hosts = rest.substr(0, slash);
    for (bool more = true; more;) {
        const auto comma = hosts.find(',');
        more = comma != hosts.npos;
        auto address = parse_address(hosts.substr(0, comma), tls);
        if (!address) return std::unexpected(address.error());
        if (target.password.empty() && !is_here(address->host))
            return fail(
                Code::invalid,
                fmt::format("Redis at {} asks for no password: set one there (requirepass or an ACL user) "
                            "and write it into the address, since anyone who reaches it could deploy.",
                            name_of(*address)));
        target.addresses.push_back(std::move(*address));
        if (more) hosts.remove_prefix(comma + 1);
    }
    if (!target.is_cluster && target.addresses.size() > 1)
        return fail(Code::invalid, "Several Redis hosts are a cluster: write redis-cluster://a,b,c.");
    return target;
}

} // namespace

Result<Target> parse_target(std::string_view url) {
    for (const auto& scheme : schemes) {
        if (!url.starts_with(scheme.prefix)) continue;
        auto rest = url.substr(scheme.prefix.size());
        Target target;
        target.is_cluster = scheme.cluster;
        if (auto taken = take_credentials(target, rest); !taken) return std::unexpected(taken.error());
        return scheme.unix_socket ? parse_socket(std::move(target), rest)
                                  : parse_hosts(std::move(target), rest, scheme.tls);
    }
    return fail(Code::invalid, "The Redis address must begin with redis://, rediss://, redis-cluster://, "
                               "rediss-cluster:// or unix://.");
}

std::string name_of(const net::StreamTarget& address) {
    if (!address.socket_path.empty()) return address.socket_path;
    if (address.host.find(':') != address.host.npos)
        return fmt::format("[{}]:{}", address.host, address.port);
    return fmt::format("{}:{}", address.host, address.port);
}

} // namespace panel::queue::redis
