#pragma once
// Headers that every answer of the API carries: it is data, never a page. Pure, any thread.

#include "net/http_message.hpp"

#include <string>

namespace panel::api {

void add_security_headers(net::Response& response, const std::string& request_id);

} // namespace panel::api
