#pragma once
// Parses a request body strictly (RFC 8259): UTF-8 without BOM, one value, nothing after it, depth at most
// 32, no key twice in an object, no lone surrogate. What one parser would read differently from another is
// refused here. Pure, any thread.

#include "base/result.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <string_view>

namespace panel::api::json {

inline constexpr std::size_t max_body_bytes = 1024 * 1024;
inline constexpr std::size_t max_depth = 32;

// Errors: bad_request with one sentence, too_large.
[[nodiscard]] Result<boost::json::value> parse_document(std::string_view text);

} // namespace panel::api::json
