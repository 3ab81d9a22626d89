#include "api/json/json_writer.hpp"

#include <charconv>
#include <cmath>

namespace panel::api::json {

namespace {

// RFC 8259 section 7: these must be escaped.
constexpr auto must_escape = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
    table['"'] = table['\\'] = true;
    return table;
}();

void write_escaped(std::string& out, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
        out += "\\u00";
        out += hex[static_cast<unsigned char>(c) >> 4];
        out += hex[static_cast<unsigned char>(c) & 0xf];
    }
}

template <std::size_t width> char* put_digits(char* at, unsigned value) {
    for (std::size_t i = width; i-- > 0; value /= 10) at[i] = static_cast<char>('0' + value % 10);
    return at + width;
}

} // namespace

void write_text(std::string& out, std::string_view text) {
    out += '"';
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!must_escape[static_cast<unsigned char>(text[i])]) continue;
        out.append(text, start, i - start);
        write_escaped(out, text[i]);
        start = i + 1;
    }
    out.append(text, start);
    out += '"';
}

void write_number(std::string& out, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void write_number(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void write_time(std::string& out, Timestamp time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    const auto year = static_cast<int>(date.year());
    if (year < 0 || year > 9999) {
        out += '"' + to_iso8601(time) + '"';
        return;
    }
    std::array<char, 26> text{};
    char* at = text.data();
    *at++ = '"';
    at = put_digits<4>(at, static_cast<unsigned>(year));
    *at++ = '-';
    at = put_digits<2>(at, static_cast<unsigned>(date.month()));
    *at++ = '-';
    at = put_digits<2>(at, static_cast<unsigned>(date.day()));
    *at++ = 'T';
    at = put_digits<2>(at, static_cast<unsigned>(clock.hours().count()));
    *at++ = ':';
    at = put_digits<2>(at, static_cast<unsigned>(clock.minutes().count()));
    *at++ = ':';
    at = put_digits<2>(at, static_cast<unsigned>(clock.seconds().count()));
    *at++ = '.';
    at = put_digits<3>(at, static_cast<unsigned>(clock.subseconds().count()));
    *at++ = 'Z';
    *at++ = '"';
    out.append(text.data(), at);
}

} // namespace panel::api::json
