#pragma once
// Whether a request's body may be read as JSON. Pure, any thread.

#include "base/result.hpp"
#include "net/http_message.hpp"

#include <string_view>

namespace panel::api {

// The body's text; "{}" when there is none. Only application/json without a content coding: a form of a
// foreign page can send neither. Errors: unsupported_media_type.
[[nodiscard]] Result<std::string_view> check_body(const net::Request& request);

} // namespace panel::api
