#include "models/domain_name.hpp"

#include "models/text_rules.hpp"

#include <algorithm>

namespace panel {
namespace {

constexpr std::size_t name_limit = 253; // RFC 1035 §2.3.4
constexpr std::size_t label_limit = 63;

std::unexpected<Error> refuse(std::string message) { return fail(Code::invalid, std::move(message)); }

bool is_label(std::string_view label) {
    if (label.empty() || label.size() > label_limit || label.front() == '-' || label.back() == '-')
        return false;
    return std::ranges::all_of(label, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

// Names that never lead to this server from outside, and that point at cloud metadata or at DNS itself from
// inside.
bool is_reserved_suffix(std::string_view last) {
    return last == "internal" || last == "arpa" || last == "invalid";
}

} // namespace

Result<DomainName> DomainName::parse(std::string_view text) {
    if (text.empty()) return refuse("A domain name is needed.");
    if (text.contains('*')) return refuse("Wildcard domains are not supported; add each name by itself.");
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
        return refuse("Write an international domain in its xn-- form.");
    }
    auto name = to_lower(text);
    if (name.ends_with('.')) name.pop_back();
    if (name.size() > name_limit) return refuse("The domain name is longer than 253 characters.");
    std::size_t labels = 0;
    std::string_view last;
    for (std::size_t start = 0; start <= name.size(); ++labels) {
        const auto end = std::min(name.find('.', start), name.size());
        last = std::string_view(name).substr(start, end - start);
        if (!is_label(last))
            return refuse(
                "A domain name holds only letters, digits, hyphens and dots, such as app.example.com.");
        start = end + 1;
    }
    if (labels < 2) return refuse("A domain name needs at least two parts, such as app.example.com.");
    if (is_digit(last.front())) return refuse("A domain name cannot be an IP address.");
    if (is_reserved_suffix(last)) return refuse("This domain can never lead to this server.");
    return DomainName(std::move(name));
}

} // namespace panel
