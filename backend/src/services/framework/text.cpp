#include "services/framework/text.hpp"

#include <algorithm>
#include <cstdint>

namespace panel::framework {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Length of the valid UTF-8 sequence that starts at `at`, 0 when there is none (RFC 3629: no overlong forms,
// no surrogates).
std::size_t sequence_length(std::string_view bytes, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char first = byte(at);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
    if (length == 0 || first > 0xF4 || at + length > bytes.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(at + i) & 0xC0) != 0x80) return 0;
    const unsigned char second = byte(at + 1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    return overlong || outside ? 0 : length;
}

} // namespace

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return lines;
}

std::string to_valid_utf8(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = sequence_length(bytes, at);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
            ++at;
        } else {
            out.append(bytes, at, length);
            at += length;
        }
    }
    return out;
}

bool is_printable(std::string_view text) {
    return std::ranges::none_of(text,
                                [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_plain_path(std::string_view path) {
    if (!is_printable(path) || path.starts_with('/') ||
        path.find_first_of("$\\\"'`*?[]<>|;&!{}") != path.npos)
        return false;
    if (to_valid_utf8(path) != path) return false;
    const auto joined = join_path("", path);
    return joined.has_value();
}

std::optional<std::string> join_path(std::string_view base, std::string_view path) {
    std::vector<std::string_view> parts;
    for (std::string_view rest : {base, path}) {
        while (!rest.empty()) {
            const auto slash = rest.find('/');
            const auto part = rest.substr(0, slash);
            rest = slash == rest.npos ? std::string_view{} : rest.substr(slash + 1);
            if (part.empty() || part == ".") continue;
            if (part != "..")
                parts.push_back(part);
            else if (parts.empty())
                return std::nullopt;
            else
                parts.pop_back();
        }
    }
    std::string joined;
    for (const auto part : parts) {
        if (!joined.empty()) joined += '/';
        joined += part;
    }
    return joined;
}

std::string parent_path(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == path.npos ? std::string{} : std::string(path.substr(0, slash));
}

std::string_view file_name(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == path.npos ? path : path.substr(slash + 1);
}

bool matches_glob(std::string_view pattern, std::string_view path) {
    if (pattern.empty()) return path.empty();
    if (pattern.starts_with("**")) {
        auto rest = pattern.substr(2);
        if (rest.starts_with('/')) rest.remove_prefix(1);
        if (rest.empty() || matches_glob(rest, path)) return true;
        const auto slash = path.find('/');
        return slash != path.npos && matches_glob(pattern, path.substr(slash + 1));
    }
    if (pattern.front() == '*') {
        if (matches_glob(pattern.substr(1), path)) return true;
        return !path.empty() && path.front() != '/' && matches_glob(pattern, path.substr(1));
    }
    return !path.empty() && pattern.front() == path.front() &&
           matches_glob(pattern.substr(1), path.substr(1));
}

std::vector<std::string> command_words(std::string_view command) {
    std::vector<std::string> words;
    std::string word;
    bool open = false;
    const auto flush = [&] {
        if (open) words.push_back(std::move(word));
        word.clear();
        open = false;
    };
    for (std::size_t i = 0; i < command.size(); ++i) {
        const char c = command[i];
        if (is_blank(c)) {
            flush();
        } else if (c == '&' || c == '|' || c == ';') {
            flush();
            const bool doubled = i + 1 < command.size() && command[i + 1] == c && c != ';';
            words.emplace_back(doubled ? 2 : 1, c);
            i += doubled ? 1 : 0;
        } else if (c == '\'' || c == '"') {
            open = true;
            const auto end = command.find(c, i + 1);
            word += command.substr(i + 1, end == command.npos ? command.npos : end - i - 1);
            i = end == command.npos ? command.size() : end;
        } else {
            open = true;
            word += c;
        }
    }
    flush();
    return words;
}

std::string shell_quote(std::string_view word) {
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    }
    return quoted + "'";
}

} // namespace panel::framework
