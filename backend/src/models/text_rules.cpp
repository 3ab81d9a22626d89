#include "models/text_rules.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace panel {

std::string to_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

bool has_control(std::string_view text) { return std::ranges::any_of(text, is_control); }

bool is_valid_utf8(std::string_view text) { return to_valid_utf8(text) == text; }

} // namespace panel
