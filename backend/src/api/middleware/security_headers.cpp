#include "api/middleware/security_headers.hpp"

namespace panel::api {

void add_security_headers(net::Response& response, const std::string& request_id) {
    auto& headers = response.headers;
    headers.add("Cache-Control", "no-store");
    headers.add("X-Content-Type-Options", "nosniff");
    headers.add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    headers.add("Referrer-Policy", "no-referrer");
    headers.add("Cross-Origin-Resource-Policy", "same-origin");
    headers.add("X-Request-Id", request_id);
}

} // namespace panel::api
