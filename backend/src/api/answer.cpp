#include "api/answer.hpp"

namespace panel::api {

namespace {

// RFC 9110 section 13.1.2: a list of entity tags, or "*".
bool names_tag(std::string_view list, std::string_view tag) {
    if (list == "*") return true;
    while (!list.empty()) {
        const auto comma = list.find(',');
        auto item = list.substr(0, comma);
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
        if (item.starts_with("W/")) item.remove_prefix(2); // proxies weaken tags when they compress
        if (item == tag) return true;
    }
    return false;
}

} // namespace

net::Response json_response(int status, std::string body) {
    net::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

net::Response text_response(PlainText answer) {
    net::Response response;
    response.headers = std::move(answer.headers);
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body = std::move(answer.text);
    return response;
}

net::Response stored_response(const net::Request& request, const StoredAnswer& stored) {
    net::Response response;
    response.headers = stored.headers;
    if (names_tag(request.headers.get("If-None-Match"), stored.tag())) {
        response.status = 304;
        return response;
    }
    response.body = stored.body;
    return response;
}

} // namespace panel::api
