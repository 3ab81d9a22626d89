#include "api/query.hpp"

#include "models/text_rules.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace panel::api {

namespace {

struct Parameter {
    std::string_view name;
    std::string_view value;
};

// Takes the first parameter off the query.
Parameter take(std::string_view& query) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) return {pair, {}};
    return {pair.substr(0, equals), pair.substr(equals + 1)};
}

std::optional<std::int64_t> parse_decimal(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

std::optional<std::string_view> query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const auto parameter = take(query);
        if (parameter.name == name) return parameter.value;
    }
    return std::nullopt;
}

Result<std::int64_t> query_number(std::string_view query, std::string_view name, std::int64_t otherwise,
                                  std::int64_t lowest, std::int64_t highest) {
    const auto text = query_value(query, name);
    if (!text) return otherwise;
    const auto value = parse_decimal(*text);
    if (value && *value >= lowest && *value <= highest) return *value;
    auto message = highest == INT64_MAX ? "must be a whole number from " + std::to_string(lowest) + " on."
                                        : "must be a whole number from " + std::to_string(lowest) + " to " +
                                              std::to_string(highest) + ".";
    return fail_field(std::string(name), std::move(message));
}

Result<void> check_query(std::string_view query, std::span<const std::string_view> known) {
    std::vector<std::string_view> seen;
    while (!query.empty()) {
        const auto name = take(query).name;
        if (name.empty()) continue; // "a=1&&b=2"
        if (std::ranges::find(known, name) == known.end())
            return fail_field("query", "has a parameter that this call does not know.");
        if (std::ranges::find(seen, name) != seen.end())
            return fail_field(std::string(name), "is given twice.");
        seen.push_back(name);
    }
    return {};
}

std::optional<std::int64_t> parse_id(std::string_view text) {
    if (text.empty() || text.size() > 19 || text.front() == '0') return std::nullopt;
    if (!std::ranges::all_of(text, is_digit)) return std::nullopt;
    return parse_decimal(text);
}

} // namespace panel::api
