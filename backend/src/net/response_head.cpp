#include "net/response_head.hpp"

#include <boost/beast/http/status.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace panel::net {

namespace {

std::string_view reason(int status) {
    const auto text = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    return {text.data(), text.size()};
}

bool is_name(std::string_view name) {
    return !name.empty() &&
           std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7f && c != ':'; });
}

bool is_value(std::string_view value) {
    return std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_ours(std::string_view name) {
    constexpr std::array<std::string_view, 5> names{"Date", "Content-Length", "Connection",
                                                    "Transfer-Encoding", "Server"};
    return std::ranges::any_of(names, [&](std::string_view ours) { return same_name(ours, name); });
}

struct Refusal {
    int status;
    std::string_view code;
    std::string_view detail;
};

constexpr std::array<Refusal, 8> refusals{{
    {400, "bad_request", "The request is not valid HTTP."},
    {408, "bad_request", "The request took too long to arrive."},
    {413, "too_large", "The request body is larger than allowed."},
    {415, "unsupported_media_type", "Request bodies must not be compressed."},
    {417, "bad_request", "Only Expect: 100-continue is understood."},
    {426, "bad_request", "This address speaks WebSocket, version 13."},
    {431, "too_large", "The request headers are larger than allowed."},
    {500, "internal", "Something went wrong on the server."},
}};

} // namespace

std::string_view DateHeader::text() {
    const auto now = std::time(nullptr);
    if (now != second_) {
        second_ = now;
        text_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
    }
    return text_;
}

bool is_sendable(const Response& response) {
    return response.status >= 100 && response.status <= 999 &&
           std::ranges::all_of(response.headers,
                               [](const Header& h) { return is_name(h.name) && is_value(h.value); });
}

void append_head(std::string& out, const Response& response, Connection connection, std::string_view date) {
    auto to = std::back_inserter(out);
    fmt::format_to(to, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, reason(response.status), date);
    if (response.status >= 200 && response.status != 204 && response.status != 304) {
        fmt::format_to(to, "Content-Length: {}\r\n", response.body.size());
    }
    for (const auto& header : response.headers) {
        if (is_ours(header.name)) continue;
        out.append(header.name).append(": ").append(header.value).append("\r\n");
    }
    if (connection == Connection::close) out += "Connection: close\r\n";
    if (connection == Connection::keep_said) out += "Connection: keep-alive\r\n";
    out += "\r\n";
}

Response make_refusal(int status) {
    const auto found = std::ranges::find(refusals, status, &Refusal::status);
    const auto& refusal = found == refusals.end() ? refusals.back() : *found;
    Response response;
    response.status = refusal.status;
    response.headers.set("Content-Type", "application/problem+json");
    response.headers.set("Cache-Control", "no-store");
    if (status == 426) response.headers.set("Sec-WebSocket-Version", "13");
    response.body =
        fmt::format(R"({{"type":"about:blank","title":"{}","status":{},"code":"{}","detail":"{}"}})",
                    reason(refusal.status), refusal.status, refusal.code, refusal.detail);
    return response;
}

} // namespace panel::net
