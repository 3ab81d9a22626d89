#include "models/text_rules.hpp"

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

} // namespace panel
