#include "api/middleware/body.hpp"

namespace panel::api {

namespace {

// RFC 9110 section 8.3.1: type "/" subtype, then parameters.
bool is_json(std::string_view content_type) {
    auto type = content_type.substr(0, content_type.find(';'));
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    return net::same_name(type, "application/json");
}

} // namespace

Result<std::string_view> check_body(const net::Request& request) {
    if (request.headers.has("Content-Encoding"))
        return fail(Code::unsupported_media_type, "Send the body without a content coding.");
    if (request.body.empty()) return "{}";
    if (!is_json(request.headers.get("Content-Type")))
        return fail(Code::unsupported_media_type, "Send the body as application/json.");
    return request.body;
}

} // namespace panel::api
