#include "base/utf8.hpp"

namespace panel {

namespace {

// Length of the valid sequence that `bytes` begins with; 0 when there is none. Overlong forms, surrogates and
// values above U+10FFFF are not valid.
std::size_t sequence_length(std::string_view bytes) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const auto continues = [&](std::size_t i) { return i < bytes.size() && (byte(i) & 0xC0U) == 0x80U; };
    const auto first = byte(0);
    if (first < 0x80U) return first == 0 ? 0 : 1;
    if (first >= 0xC2U && first <= 0xDFU) return continues(1) ? 2 : 0;
    if (first >= 0xE0U && first <= 0xEFU) {
        if (!continues(1) || !continues(2)) return 0;
        if (first == 0xE0U && byte(1) < 0xA0U) return 0;
        if (first == 0xEDU && byte(1) > 0x9FU) return 0;
        return 3;
    }
    if (first >= 0xF0U && first <= 0xF4U) {
        if (!continues(1) || !continues(2) || !continues(3)) return 0;
        if (first == 0xF0U && byte(1) < 0x90U) return 0;
        if (first == 0xF4U && byte(1) > 0x8FU) return 0;
        return 4;
    }
    return 0;
}

std::string mended(std::string_view bytes, std::string_view replacement) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const auto length = sequence_length(bytes);
        text += length == 0 ? replacement : bytes.substr(0, length);
        bytes.remove_prefix(length == 0 ? 1 : length);
    }
    return text;
}

} // namespace

bool is_valid_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto length = sequence_length(bytes);
        if (length == 0) return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::string to_valid_utf8(std::string_view bytes) { return mended(bytes, "\xEF\xBF\xBD"); }

std::string to_valid_utf8_of_same_length(std::string_view bytes) { return mended(bytes, "?"); }

std::string_view utf8_prefix(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text;
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
    return text.substr(0, limit);
}

} // namespace panel
