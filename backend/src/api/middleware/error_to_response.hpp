#pragma once
// Errors as problem documents (RFC 9457): the one place that knows which status a Code is. Loop thread only.

#include "api/context.hpp"
#include "base/result.hpp"
#include "net/http_message.hpp"

#include <string>
#include <string_view>

namespace panel::api {

[[nodiscard]] int http_status(Code code);
[[nodiscard]] std::string_view to_string(Code code); // "not_found", as on the wire

// not_found of a route with ids always reads the same, so that a foreign id cannot be told from an unknown or
// malformed one.
[[nodiscard]] net::Response error_to_response(const Context& context, const Error& error);
[[nodiscard]] net::Response method_not_allowed(const Context& context, std::string allow);

} // namespace panel::api
