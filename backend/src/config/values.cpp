#include "config/values.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace panel::config {

std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t least, std::int64_t most) {
    std::int64_t value = 0;
    const auto* end = text.end();
    const auto parsed = std::from_chars(text.begin(), end, value);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end || value < least || value > most)
        return std::nullopt;
    return value;
}

std::optional<Address> parse_address(std::string_view text) {
    if (text.starts_with("unix:")) {
        const auto path = text.substr(5);
        if (!path.starts_with('/') || path.size() > 107) return std::nullopt; // sockaddr_un
        return Address{std::string(path), "", 0};
    }
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto host = text.substr(0, colon);
    const auto port = parse_number(text.substr(colon + 1), 1, 65'535);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.contains(':')) {
        return std::nullopt;
    }
    if (host.empty() || !port || host.find_first_of(" /@?#\t\n") != std::string_view::npos)
        return std::nullopt;
    return Address{"", std::string(host), static_cast<std::uint16_t>(*port)};
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> units{
        {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}}};
    std::int64_t unit = 1'000;
    for (const auto& [name, milliseconds] : units) {
        if (!text.ends_with(name)) continue;
        unit = milliseconds;
        text.remove_suffix(name.size());
        break;
    }
    const auto number = parse_number(text, 0, 1'000'000'000);
    if (!number) return std::nullopt;
    return std::chrono::milliseconds{*number * unit};
}

std::optional<std::int64_t> parse_size(std::string_view text) {
    std::int64_t unit = 1;
    if (!text.empty()) {
        const auto suffix = std::string_view("KMG").find(
            text.back() >= 'a' ? static_cast<char>(text.back() - 'a' + 'A') : text.back());
        if (suffix != std::string_view::npos) {
            unit = std::int64_t{1} << (10 * (suffix + 1));
            text.remove_suffix(1);
        }
    }
    const auto number = parse_number(text, 0, (std::int64_t{1} << 50) / unit);
    if (!number) return std::nullopt;
    return *number * unit;
}

std::optional<double> parse_processors(std::string_view text) {
    const auto point = text.find('.');
    const auto whole = parse_number(text.substr(0, point), 0, 512);
    if (!whole) return std::nullopt;
    double value = static_cast<double>(*whole);
    if (point != std::string_view::npos) {
        const auto digits = text.substr(point + 1);
        const auto part = parse_number(digits, 0, 999);
        if (!part || digits.size() > 3) return std::nullopt;
        constexpr std::array scale{1.0, 10.0, 100.0, 1000.0};
        value += static_cast<double>(*part) / scale[digits.size()];
    }
    return value == 0 || (value >= 0.05 && value <= 512) ? std::optional(value) : std::nullopt;
}

std::optional<std::pair<std::uint16_t, std::uint16_t>> parse_port_range(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto first = parse_number(text.substr(0, dash), 1'024, 65'534);
    const auto last = parse_number(text.substr(dash + 1), 1'025, 65'535);
    if (!first || !last || *first >= *last) return std::nullopt;
    return std::pair(static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last));
}

std::optional<bool> parse_switch(std::string_view text) {
    for (const auto word : {"true", "yes", "on", "1"})
        if (text == word) return true;
    for (const auto word : {"false", "no", "off", "0"})
        if (text == word) return false;
    return std::nullopt;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        auto part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        if (!part.empty()) parts.emplace_back(part);
    }
    return parts;
}

bool is_loopback(const Address& address) {
    if (!address.socket_path.empty() || address.host == "localhost") return true;
    boost::system::error_code error;
    const auto parsed = boost::asio::ip::make_address(address.host, error);
    return !error && parsed.is_loopback();
}

} // namespace panel::config
