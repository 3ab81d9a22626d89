#include "api/middleware/client.hpp"

#include "models/text_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string_view>

namespace panel::api {

namespace {

constexpr std::size_t max_address_bytes = 45; // IPv6 with an embedded IPv4
constexpr int max_hops = 16;                  // entries of X-Forwarded-For that are looked at

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool looks_like_address(std::string_view text) {
    return !text.empty() && text.size() <= max_address_bytes &&
           std::ranges::all_of(text, [](char c) { return is_hexadecimal(c) || c == '.' || c == ':'; });
}

bool looks_like_request_id(std::string_view text) {
    return text.size() >= 8 && text.size() <= 64 &&
           std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

// Only tells requests apart in the log, so it need not be unguessable.
std::string new_request_id() {
    static thread_local std::mt19937_64 random{std::random_device{}()};
    return fmt::format("{:016x}", random());
}

} // namespace

bool is_trusted_proxy(const ApiSettings& settings, const std::string& address) {
    return std::ranges::find(settings.trusted_proxies, address) != settings.trusted_proxies.end();
}

std::string client_address(const ApiSettings& settings, const net::Request& request) {
    if (!is_trusted_proxy(settings, request.peer_address)) return request.peer_address;
    auto list = request.headers.get("X-Forwarded-For");
    std::string nearest = request.peer_address;
    for (int hop = 0; hop < max_hops && !list.empty(); ++hop) {
        const auto comma = list.rfind(',');
        const auto address = trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
        if (!looks_like_address(address)) break; // nothing left of this was written by a trusted hand
        nearest = address;
        if (!is_trusted_proxy(settings, nearest)) break;
    }
    return nearest;
}

std::string request_id(const ApiSettings& settings, const net::Request& request) {
    const auto sent = request.headers.get("X-Request-Id");
    if (!sent.empty() && looks_like_request_id(sent) && is_trusted_proxy(settings, request.peer_address))
        return std::string(sent);
    return new_request_id();
}

bool is_this_machine(const std::string& address) {
    return address == "unix" || address == "::1" || address.starts_with("127.");
}

} // namespace panel::api
