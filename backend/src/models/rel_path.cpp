#include "models/rel_path.hpp"

#include "base/utf8.hpp"
#include "models/text_rules.hpp"

#include <algorithm>
#include <array>

namespace panel {
namespace {

constexpr std::size_t length_limit = 1024;
constexpr std::size_t part_limit = 255;
constexpr std::size_t depth_limit = 64;

// Characters that look like, or are folded to, '.', '/' and '\': two dot leader, ellipsis, full width forms,
// fraction and division slash ...
constexpr std::array<std::string_view, 12> look_alikes = {
    "\xe2\x80\xa4", "\xe2\x80\xa5", "\xe2\x80\xa6", "\xef\xbc\x8e", "\xef\xb9\x92", "\xe3\x80\x82",
    "\xef\xbc\x8f", "\xe2\x81\x84", "\xe2\x88\x95", "\xe2\xa7\xb8", "\xef\xbc\xbc", "\xef\xb9\xa8",
};

std::unexpected<Error> refuse(std::string message) { return fail(Code::invalid, std::move(message)); }

bool has_forbidden(std::string_view text) {
    if (has_control(text) || !is_valid_utf8(text) || text.find_first_of("\\:%") != std::string_view::npos)
        return true;
    return std::ranges::any_of(look_alikes, [text](std::string_view mark) { return text.contains(mark); });
}

} // namespace

Result<RelPath> RelPath::parse(std::string_view text) {
    if (text.size() > length_limit) return refuse("The path is too long.");
    if (text.starts_with('/'))
        return refuse("The path starts at the repository's root: leave out the leading /, or leave it empty "
                      "for the root.");
    if (text.starts_with('-')) return refuse("The path must not start with a hyphen.");
    if (text.starts_with(' ') || text.ends_with(' '))
        return refuse("The path must not start or end with a space.");
    if (has_forbidden(text)) return refuse("The path holds characters that are not allowed.");
    std::string path;
    std::size_t depth = 0;
    for (std::size_t start = 0; start <= text.size();) {
        const auto end = std::min(text.find('/', start), text.size());
        const auto part = text.substr(start, end - start);
        start = end + 1;
        if (part.empty() || part == ".") continue;
        if (part == "..") return refuse("The path must stay inside the repository.");
        if (to_lower(part) == ".git") return refuse("The path must not lead into .git.");
        if (part.size() > part_limit || ++depth > depth_limit) return refuse("The path is too long.");
        if (!path.empty()) path += '/';
        path += part;
    }
    if (path.starts_with('-')) return refuse("The path must not start with a hyphen.");
    return RelPath(std::move(path));
}

} // namespace panel
