#include "services/framework/semver.hpp"

#include "services/framework/text.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace panel::framework {
namespace {

constexpr int huge = 1'000'000; // above every real number, far from overflow
constexpr Version beyond{huge, 0, 0};

struct Partial { // -1 stands for a part that is missing or a wildcard
    int major = -1;
    int minor = -1;
    int patch = -1;

    [[nodiscard]] Version floor() const {
        return {std::max(major, 0), std::max(minor, 0), std::max(patch, 0)};
    }
    // The first version after everything that this partial covers: 1.2 -> 1.3.0.
    [[nodiscard]] Version after() const {
        if (major < 0) return beyond;
        if (minor < 0) return {major + 1, 0, 0};
        return patch < 0 ? Version{major, minor + 1, 0} : Version{major, minor, patch + 1};
    }
};

std::optional<Partial> parse_partial(std::string_view text) {
    if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
    text = text.substr(0, text.find_first_of("-+"));
    Partial partial;
    int* const parts[] = {&partial.major, &partial.minor, &partial.patch};
    for (int* part : parts) {
        const auto dot = text.find('.');
        const auto piece = text.substr(0, dot);
        if (piece == "x" || piece == "X" || piece == "*") {
            *part = -1;
        } else {
            const auto [end, error] = std::from_chars(piece.data(), piece.data() + piece.size(), *part);
            if (error != std::errc{} || end != piece.data() + piece.size() || *part < 0 || *part >= huge)
                return std::nullopt;
        }
        if (dot == text.npos) return partial;
        text = text.substr(dot + 1);
    }
    return std::nullopt;
}

Version caret_end(const Partial& p) {
    if (p.major < 0) return beyond;
    if (p.major > 0 || p.minor < 0) return {p.major + 1, 0, 0};
    if (p.minor > 0 || p.patch < 0) return {0, p.minor + 1, 0};
    return {0, 0, p.patch + 1};
}

Version tilde_end(const Partial& p) {
    if (p.major < 0) return beyond;
    return p.minor < 0 ? Version{p.major + 1, 0, 0} : Version{p.major, p.minor + 1, 0};
}

struct Bounds {
    Version from{};
    Version to = beyond;
};

bool narrow(Bounds& bounds, std::string_view word) {
    const auto digits = word.find_first_not_of("<>=^~");
    const std::string_view operation = word.substr(0, digits);
    const auto partial = digits == word.npos ? std::nullopt : parse_partial(word.substr(digits));
    if (!partial) return false;
    Bounds limit;
    if (operation.empty() || operation == "=")
        limit = {partial->floor(), partial->after()};
    else if (operation == "^")
        limit = {partial->floor(), caret_end(*partial)};
    else if (operation == "~" || operation == "~>")
        limit = {partial->floor(), tilde_end(*partial)};
    else if (operation == ">=")
        limit.from = partial->floor();
    else if (operation == ">")
        limit.from = partial->after();
    else if (operation == "<=")
        limit.to = partial->after();
    else if (operation == "<")
        limit.to = partial->floor();
    else
        return false;
    bounds.from = std::max(bounds.from, limit.from);
    bounds.to = std::min(bounds.to, limit.to);
    return true;
}

// Glues an operator to the version after it: ">= 20" is one comparator.
std::vector<std::string> comparators(std::string_view text) {
    std::vector<std::string> words;
    std::string pending;
    std::size_t at = 0;
    while (at < text.size()) {
        at = text.find_first_not_of(" \t,", at);
        if (at == text.npos) break;
        const auto end = std::min(text.find_first_of(" \t,", at), text.size());
        const std::string word = pending + std::string(text.substr(at, end - at));
        at = end;
        pending.clear();
        if (word != "-" && word.find_first_not_of("<>=^~") == word.npos)
            pending = word;
        else
            words.push_back(word);
    }
    if (!pending.empty()) words.push_back(pending);
    return words;
}

std::optional<Bounds> parse_alternative(std::string_view text) {
    const auto words = comparators(text);
    Bounds bounds;
    if (words.size() == 3 && words[1] == "-") {
        if (!narrow(bounds, ">=" + words[0]) || !narrow(bounds, "<=" + words[2])) return std::nullopt;
        return bounds;
    }
    for (const auto& word : words)
        if (!narrow(bounds, word)) return std::nullopt;
    return bounds;
}

} // namespace

std::optional<Version> parse_version(std::string_view text) {
    const auto partial = parse_partial(trim(text));
    if (!partial || partial->major < 0) return std::nullopt;
    return partial->floor();
}

std::optional<VersionRange> VersionRange::parse(std::string_view text) {
    if (text.size() > 256) return std::nullopt;
    VersionRange range;
    text = trim(text);
    while (true) {
        const auto bar = text.find("||");
        const auto bounds = parse_alternative(trim(text.substr(0, bar)));
        if (!bounds) return std::nullopt;
        if (bounds->from < bounds->to) range.spans_.push_back({bounds->from, bounds->to});
        if (bar == text.npos) break;
        text = text.substr(bar + 2);
    }
    return range;
}

bool VersionRange::contains(const Version& version) const {
    return std::ranges::any_of(spans_, [&](const Span& s) { return s.from <= version && version < s.to; });
}

bool VersionRange::meets_major(int major) const {
    const Version first{major, 0, 0};
    const Version next{major + 1, 0, 0};
    return std::ranges::any_of(spans_, [&](const Span& s) { return s.from < next && first < s.to; });
}

bool VersionRange::contains_newest_of(int major) const {
    const Version next{major + 1, 0, 0};
    return std::ranges::any_of(spans_, [&](const Span& s) { return s.from < next && s.to >= next; });
}

Version VersionRange::lowest() const { return spans_.empty() ? Version{} : spans_.front().from; }

bool VersionRange::is_any() const {
    return std::ranges::any_of(spans_, [](const Span& s) { return s.from == Version{} && s.to == beyond; });
}

} // namespace panel::framework
