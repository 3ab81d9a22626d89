#include "models/app_slug.hpp"

#include "models/text_rules.hpp"

#include <algorithm>

namespace panel {
namespace {
constexpr std::size_t limit = 40;
} // namespace

Result<AppSlug> AppSlug::parse(std::string_view text) {
    const bool is_plain =
        std::ranges::all_of(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
    if (text.empty() || text.size() > limit || !is_plain || text.front() == '-' || text.back() == '-') {
        return fail(Code::invalid, "A name has 1 to 40 characters: small letters, digits and hyphens between "
                                   "them, such as my-shop.");
    }
    return AppSlug(std::string(text));
}

} // namespace panel
