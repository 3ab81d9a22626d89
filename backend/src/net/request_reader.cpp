#include "net/request_reader.hpp"

#include <boost/beast/http/error.hpp>

#include <algorithm>

namespace panel::net {

namespace http = boost::beast::http;

namespace {

constexpr std::size_t field_limit = 100;
constexpr std::string_view webhook_paths = "/api/v1/webhooks/";

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool is_decimal(char c) { return c >= '0' && c <= '9'; }

bool is_clean(std::string_view line) {
    return std::ranges::none_of(line, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

bool is_host(std::string_view host) {
    constexpr std::string_view punctuation = ".-_:[]";
    const auto fits = [&](char c) {
        return is_decimal(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               punctuation.find(c) != std::string_view::npos;
    };
    return !host.empty() && std::ranges::all_of(host, fits);
}

bool is_target(std::string_view target) {
    return std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

} // namespace

HeadScanner::Outcome HeadScanner::scan(std::string_view bytes) {
    for (;;) {
        const auto feed = bytes.find('\n', scanned_);
        if (feed == std::string_view::npos) {
            scanned_ = bytes.size();
            return bytes.size() >= limit_ ? Outcome::too_large : Outcome::incomplete;
        }
        if (feed >= limit_) return Outcome::too_large;
        if (feed == line_ || bytes[feed - 1] != '\r') return Outcome::malformed;
        const auto line = bytes.substr(line_, feed - 1 - line_);
        if (!is_clean(line)) return Outcome::malformed;
        line_ = scanned_ = feed + 1;
        if (line.empty()) return lines_ > 0 ? Outcome::complete : Outcome::malformed;
        if (line.front() == ' ' || line.front() == '\t') return Outcome::malformed;
        if (++lines_ > field_limit + 1) return Outcome::too_large;
    }
}

RequestReader::RequestReader(const HttpServerLimits& limits) : limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes + 1)); // the scan refuses first
}

int RequestReader::refusal(const boost::beast::error_code& error) const {
    return error == http::error::body_limit ? 413 : refusal_;
}

void RequestReader::refuse(int status, Error& error) {
    refusal_ = status;
    error = http::error::bad_value;
}

// RFC 9112 section 3.2: origin-form, absolute-form, and asterisk-form for OPTIONS.
bool RequestReader::take_target(std::string_view target) {
    if (!is_target(target)) return false;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!same_name(target.substr(0, scheme.size()), scheme)) continue;
        target.remove_prefix(scheme.size());
        const auto end = std::min(target.find_first_of("/?"), target.size());
        authority_ = target.substr(0, end);
        target.remove_prefix(end);
        if (!is_host(authority_) || (!target.empty() && target.front() == '?')) return false;
        if (target.empty()) target = "/";
        break;
    }
    const bool is_asterisk = target == "*" && request.method == "OPTIONS";
    if (!is_asterisk && (target.empty() || target.front() != '/')) return false;
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string_view::npos) request.query = target.substr(question + 1);
    return true;
}

void RequestReader::on_request_impl(http::verb, View method, View target, int version, Error& error) {
    is_head_request_ = view(method) == "HEAD";
    request.method = is_head_request_ ? std::string("GET") : std::string(method);
    version_ = version;
    if (!take_target(view(target))) return refuse(400, error);
    body_limit(request.path.starts_with(webhook_paths) ? limits_.webhook_body_bytes : limits_.body_bytes);
}

void RequestReader::on_field_impl(http::field field, View name, View raw, Error& error) {
    if (head_done_) return refuse(400, error); // a trailer
    const auto value = view(raw);
    switch (field) {
    case http::field::host:
        if (++hosts_ > 1 || !is_host(value)) return refuse(400, error);
        break;
    case http::field::content_length:
        if (has_length_ || has_coding_ || value.empty() || !std::ranges::all_of(value, is_decimal))
            return refuse(400, error);
        has_length_ = true;
        break;
    case http::field::transfer_encoding:
        if (has_length_ || has_coding_ || version_ < 11 || !same_name(value, "chunked"))
            return refuse(400, error);
        has_coding_ = true;
        break;
    case http::field::content_encoding: return refuse(415, error);
    case http::field::expect:
        if (!same_name(value, "100-continue")) return refuse(417, error);
        expects_continue_ = version_ >= 11;
        break;
    default: break;
    }
    request.headers.add(std::string(name), std::string(value));
}

void RequestReader::on_header_impl(Error& error) {
    head_done_ = true;
    if (hosts_ == 0 && version_ >= 11) return refuse(400, error);
    if (!authority_.empty() && hosts_ > 0 && !same_name(authority_, request.headers.get("Host")))
        refuse(400, error);
}

void RequestReader::on_body_init_impl(const Length& length, Error&) {
    if (length) request.body.reserve(*length);
}

std::size_t RequestReader::on_body_impl(View bytes, Error&) {
    request.body.append(bytes.data(), bytes.size());
    return bytes.size();
}

void RequestReader::on_chunk_header_impl(std::uint64_t, View extensions, Error& error) {
    if (!is_clean(view(extensions))) refuse(400, error);
}

std::size_t RequestReader::on_chunk_body_impl(std::uint64_t, View bytes, Error& error) {
    return on_body_impl(bytes, error);
}

} // namespace panel::net
