#include "models/env_key.hpp"

#include "models/text_rules.hpp"

#include <algorithm>

namespace panel {
namespace {
constexpr std::size_t limit = 255;
} // namespace

Result<EnvKey> EnvKey::parse(std::string_view text) {
    const bool is_plain = std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '_'; });
    if (text.empty() || text.size() > limit || !is_plain || is_digit(text.front())) {
        return fail(Code::invalid, "A variable's name has letters, digits and underscores, does not start "
                                   "with a digit, and has at most 255 characters.");
    }
    return EnvKey(std::string(text));
}

} // namespace panel
