#pragma once
// The forms in which settings are written: 127.0.0.1:8080, unix:/run/caddy.sock, 30m, 512M, 21000-29999.
// Pure; nothing for what is malformed.

#include "config/config.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace panel::config {

[[nodiscard]] std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t least,
                                                       std::int64_t most);
[[nodiscard]] std::optional<Address>
parse_address(std::string_view text); // host:port, [v6]:port or unix:/path
// A number with ms, s, m or h behind it; a bare number is seconds.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// Bytes, with K, M or G behind the number for powers of 1024.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);
// 0, or from 0.05 to 512, with at most three digits behind the point.
[[nodiscard]] std::optional<double> parse_processors(std::string_view text);
[[nodiscard]] std::optional<std::pair<std::uint16_t, std::uint16_t>>
parse_port_range(std::string_view text);                               // first < last
[[nodiscard]] std::optional<bool> parse_switch(std::string_view text); // true, yes, on, 1 and their opposites
[[nodiscard]] std::vector<std::string>
split_list(std::string_view text); // by commas, without spaces around; empty parts are left out
[[nodiscard]] bool is_loopback(const Address& address); // a unix socket is

} // namespace panel::config
