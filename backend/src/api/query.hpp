#pragma once
// The query part of a request. Parameters are numbers, so nothing is percent-decoded: what needs decoding is
// refused. Pure, any thread.

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace panel::api {

// The value of a parameter as sent; nullopt when it is not there. The first one counts: check_query refuses a
// second.
[[nodiscard]] std::optional<std::string_view> query_value(std::string_view query, std::string_view name);
// Errors: invalid (not a decimal number between the two).
[[nodiscard]] Result<std::int64_t> query_number(std::string_view query, std::string_view name,
                                                std::int64_t otherwise, std::int64_t lowest,
                                                std::int64_t highest);
// Errors: invalid (a parameter that the route does not have, or one given twice), so that a misspelt filter
// never passes silently.
[[nodiscard]] Result<void> check_query(std::string_view query, std::span<const std::string_view> known);

// A positive decimal id without sign or leading zero; nullopt for anything else.
[[nodiscard]] std::optional<std::int64_t> parse_id(std::string_view text);

} // namespace panel::api
