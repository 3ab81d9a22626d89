#include "api/middleware/browser.hpp"

#include <string>

namespace panel::api {

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// The page's own origin: the public address, or - on the same scheme - whatever host the browser asked for.
bool is_own_origin(const ApiSettings& settings, const net::Request& request) {
    const auto origin = request.headers.get("Origin");
    if (origin == settings.public_url) return true;
    const std::string scheme = settings.cookie_secure ? "https://" : "http://";
    const auto host = request.headers.get("Host");
    return !host.empty() && origin == scheme + std::string(host);
}

} // namespace

std::string_view access_cookie(const ApiSettings& settings, const net::Request& request) {
    const std::string_view name = settings.cookie_secure ? "__Host-panel_access" : "panel_access";
    for (const auto& header : request.headers) {
        if (!net::same_name(header.name, "Cookie")) continue;
        for (std::string_view list = header.value; !list.empty();) {
            const auto end = list.find(';');
            const auto pair = trimmed(list.substr(0, end));
            list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos && pair.substr(0, equals) == name)
                return pair.substr(equals + 1);
        }
    }
    return {};
}

Result<void> check_same_site(const ApiSettings& settings, const net::Request& request) {
    const auto site = request.headers.get("Sec-Fetch-Site");
    const bool foreign_site = !site.empty() && site != "same-origin" && site != "none";
    const bool foreign_origin = request.headers.has("Origin") && !is_own_origin(settings, request);
    if (foreign_site || foreign_origin) return fail(Code::forbidden, "This request came from another site.");
    return {};
}

Result<void> check_socket_origin(const ApiSettings& settings, const net::Request& request) {
    if (!is_own_origin(settings, request))
        return fail(Code::forbidden, "This request came from another site.");
    return {};
}

} // namespace panel::api
