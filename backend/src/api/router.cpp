#include "api/router.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace panel::api {

namespace {

constexpr std::size_t max_segments = 8;

bool is_variable(std::string_view segment) { return segment.starts_with('{'); }

struct Segments {
    std::array<std::string_view, max_segments> parts;
    std::size_t count = 0;
    [[nodiscard]] std::span<const std::string_view> span() const { return std::span(parts).first(count); }
};

// "/a/b" -> {a, b}. False for what no route is written like.
bool split(std::string_view path, Segments& out) {
    if (path.empty() || path.front() != '/') return false;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        if (end == 0 || out.count == max_segments) return false;
        out.parts[out.count++] = path.substr(0, end);
        path.remove_prefix(end);
    }
    return true;
}

// A variable segment's text may hold only what needs no decoding.
bool is_plain(std::string_view segment) {
    constexpr std::string_view others = "-_.~";
    return std::ranges::all_of(segment,
                               [&](char c) {
                                   return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                          (c >= 'A' && c <= 'Z') || others.contains(c);
                               }) &&
           segment != "." && segment != "..";
}

std::string_view routed_method(std::string_view method) { return method == "HEAD" ? "GET" : method; }

} // namespace

std::string_view to_string(Method method) {
    switch (method) {
    case Method::get: return "GET";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::delete_: return "DELETE";
    }
    return "";
}

Router::Router(std::span<const Route> table) {
    for (const auto& route : table) {
        Segments segments;
        if (!split(route.pattern, segments)) throw std::logic_error("a route's pattern is malformed");
        const auto span = segments.span();
        patterns_.push_back({&route, true, {span.begin(), span.end()}});
        if (route.placement == Placement::also_at_root)
            patterns_.push_back({&route, false, {span.begin(), span.end()}});
    }
    for (const auto& one : patterns_)
        for (const auto& other : patterns_)
            if (&one != &other && one.with_base == other.with_base &&
                one.route->method == other.route->method && fits(one, other.segments))
                throw std::logic_error("two routes answer the same calls: " +
                                       std::string(one.route->pattern));
}

bool Router::fits(const Pattern& pattern, std::span<const std::string_view> segments) {
    return std::ranges::equal(pattern.segments, segments,
                              [](std::string_view expected, std::string_view sent) {
                                  return is_variable(expected) ? true : expected == sent;
                              });
}

RouteMatch Router::match(std::string_view method, std::string_view path) const {
    RouteMatch out;
    const bool with_base = path.starts_with(base_path) && path.substr(base_path.size()).starts_with('/');
    if (with_base) path.remove_prefix(base_path.size());
    Segments segments;
    if (!split(path, segments)) return out;
    const auto sent = segments.span();
    for (const auto& pattern : patterns_) {
        if (pattern.with_base != with_base || !fits(pattern, sent)) continue;
        bool is_route = true;
        PathParameters parameters;
        for (std::size_t i = 0; i < sent.size(); ++i) {
            const auto expected = pattern.segments[i];
            if (!is_variable(expected)) continue;
            if (!is_plain(sent[i])) is_route = false;
            parameters.add(expected.substr(1, expected.size() - 2), sent[i]);
        }
        if (!is_route) continue;
        if (to_string(pattern.route->method) == routed_method(method)) {
            out.route = pattern.route;
            out.allow.clear(); // of rows that came before
            out.path = parameters;
            return out;
        }
        out.allow += (out.allow.empty() ? "" : ", ") + std::string(to_string(pattern.route->method));
        if (pattern.route->method == Method::get) out.allow += ", HEAD";
    }
    return out;
}

} // namespace panel::api
