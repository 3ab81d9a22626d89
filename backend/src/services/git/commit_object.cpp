#include "services/git/commit_object.hpp"

#include "base/utf8.hpp"
#include "models/text_rules.hpp"

#include <algorithm>
#include <charconv>

namespace panel::git {
namespace {

constexpr std::size_t subject_limit = 500;
constexpr std::size_t name_limit = 200;
constexpr std::int64_t latest_second = 253'402'300'799; // the year 9999: beyond it no text form is defined

std::string clean(std::string_view text, std::size_t limit) {
    std::string plain;
    for (const char c : text.substr(0, limit * 4)) {
        if (!is_control(c)) plain += c;
    }
    plain = to_valid_utf8(plain);
    return std::string(utf8_prefix(plain, limit));
}

// "Lena Example <lena@example.com> 1750000000 +0200"
Timestamp time_of(std::string_view person) {
    const auto end = person.rfind('>');
    if (end == std::string_view::npos || end + 2 > person.size()) return {};
    const auto numbers = person.substr(end + 2);
    std::int64_t seconds = 0;
    std::from_chars(numbers.data(), numbers.data() + numbers.size(), seconds);
    const bool is_sane = seconds > 0 && seconds <= latest_second;
    return is_sane ? Timestamp{std::chrono::seconds{seconds}} : Timestamp{};
}

std::string_view name_of(std::string_view person) {
    auto name = person.substr(0, person.find('<'));
    while (name.ends_with(' ')) name.remove_suffix(1);
    return name;
}

} // namespace

std::optional<Commit> parse_commit(std::string_view hash, std::string_view object) {
    Commit commit;
    commit.hash = hash;
    while (!object.empty() && !object.starts_with('\n')) {
        const auto end = std::min(object.find('\n'), object.size());
        const auto line = object.substr(0, end);
        object.remove_prefix(std::min(end + 1, object.size()));
        if (line.starts_with("tree ") && commit.tree_hash.empty()) commit.tree_hash = line.substr(5);
        if (line.starts_with("author ")) commit.author_name = clean(name_of(line.substr(7)), name_limit);
        if (line.starts_with("committer ")) commit.committed_at = time_of(line.substr(10));
    }
    if (!is_commit_hash(commit.tree_hash)) return std::nullopt;
    while (object.starts_with('\n') || object.starts_with(' ')) object.remove_prefix(1);
    commit.subject = clean(object.substr(0, object.find('\n')), subject_limit);
    return commit;
}

} // namespace panel::git
