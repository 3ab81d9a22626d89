#include "services/framework/config_text.hpp"

#include "services/framework/text.hpp"

#include <cctype>

namespace panel::framework {
namespace {

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }

// Index behind a string that starts at `at` with a quote.
std::size_t skip_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == quote)
            return i + 1;
        else if (text[i] == '\n' && quote != '`')
            return i;
    }
    return text.size();
}

// The inside of a bracketed text that starts at text[0].
std::string_view balanced(std::string_view text) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' || c == '\'' || c == '`') {
            i = skip_string(text, i) - 1;
        } else if (c == '{' || c == '(' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ')' || c == ']') {
            if (--depth == 0) return text.substr(1, i - 1);
        }
    }
    return text.empty() ? text : text.substr(1);
}

std::optional<std::string> quoted(std::string_view text) {
    if (text.empty() || (text[0] != '"' && text[0] != '\'' && text[0] != '`')) return std::nullopt;
    const std::size_t end = skip_string(text, 0);
    if (end < 2 || text[end - 1] != text[0]) return std::nullopt;
    const std::string_view inside = text.substr(1, end - 2);
    if (inside.find('\\') != inside.npos || (text[0] == '`' && inside.find("${") != inside.npos))
        return std::nullopt;
    return std::string(inside);
}

// path.resolve(__dirname, '../dist'), join(import.meta.dirname, 'dist'): the literals behind this file's own
// directory.
std::optional<std::string> own_path_call(std::string_view text) {
    const auto open = text.find('(');
    const auto function = text.substr(0, std::min(open, text.size()));
    if (open == text.npos || function.find_first_of(",;\n{}") != function.npos ||
        (!function.ends_with("resolve") && !function.ends_with("join")))
        return std::nullopt;
    const auto inside = balanced(text.substr(open));
    std::string joined;
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] != '"' && inside[i] != '\'') continue;
        const auto literal = quoted(inside.substr(i));
        const auto path = literal ? join_path("", *literal) : std::nullopt;
        if (!literal || literal->starts_with('/')) return std::nullopt;
        joined += (joined.empty() ? "" : "/") + *literal;
        i = skip_string(inside, i) - 1;
    }
    return joined.empty() ? std::nullopt : std::optional(joined);
}

} // namespace

std::string strip_comments(std::string_view source) {
    std::string text = to_valid_utf8(source);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' || c == '\'' || c == '`') {
            i = skip_string(text, i) - 1;
        } else if (c == '/' && i + 1 < text.size() && (text[i + 1] == '/' || text[i + 1] == '*')) {
            const bool line = text[i + 1] == '/';
            auto end = line ? text.find('\n', i) : text.find("*/", i + 2);
            end = end == std::string::npos ? text.size() : line ? end : end + 2;
            for (; i < end; ++i)
                if (text[i] != '\n') text[i] = ' ';
            --i;
        }
    }
    return text;
}

std::optional<std::string_view> ConfigText::value_of(std::string_view key) const {
    const std::string_view text = text_;
    for (auto at = text.find(key); at != text.npos; at = text.find(key, at + 1)) {
        auto end = at + key.size();
        const bool whole = (at == 0 || !is_name(text[at - 1])) && (end == text.size() || !is_name(text[end]));
        if (!whole) continue;
        if (end < text.size() && at > 0 && (text[end] == '"' || text[end] == '\'') &&
            text[at - 1] == text[end])
            ++end;
        end = text.find_first_not_of(" \t\r\n", end);
        if (end == text.npos || (text[end] != ':' && text[end] != '=')) continue;
        if (text[end] == '=' && end + 1 < text.size() && (text[end + 1] == '=' || text[end + 1] == '>'))
            continue;
        const auto value = text.find_first_not_of(" \t\r\n", end + 1);
        if (value != text.npos) return text.substr(value);
    }
    return std::nullopt;
}

std::optional<std::string> ConfigText::string(std::string_view key) const {
    const auto value = value_of(key);
    if (!value) return std::nullopt;
    if (auto literal = quoted(*value)) return literal;
    return own_path_call(*value);
}

std::optional<bool> ConfigText::boolean(std::string_view key) const {
    const auto value = value_of(key);
    if (value && value->starts_with("true")) return true;
    if (value && value->starts_with("false")) return false;
    return std::nullopt;
}

ConfigText ConfigText::object(std::string_view key) const {
    const auto value = value_of(key);
    ConfigText inside;
    inside.path_ = path_;
    if (value && value->starts_with('{')) inside.text_ = balanced(*value);
    return inside;
}

ConfigText ConfigText::arguments(std::string_view function) const {
    const std::string_view text = text_;
    ConfigText inside;
    inside.path_ = path_;
    for (auto at = text.find(function); at != text.npos; at = text.find(function, at + 1)) {
        const auto open = text.find_first_not_of(" \t", at + function.size());
        if ((at == 0 || !is_name(text[at - 1])) && open != text.npos && text[open] == '(') {
            inside.text_ = balanced(text.substr(open));
            break;
        }
    }
    return inside;
}

bool ConfigText::has_key(std::string_view key) const { return value_of(key).has_value(); }

} // namespace panel::framework
