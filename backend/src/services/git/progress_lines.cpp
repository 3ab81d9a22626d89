#include "services/git/progress_lines.hpp"

#include "base/utf8.hpp"
#include "models/text_rules.hpp"

namespace panel::git {
namespace {

constexpr std::size_t tail_limit = 16 * 1024;
constexpr std::size_t line_limit = 1000;
constexpr std::chrono::seconds interval{2};

// Not "From <address>" and the table of refs below it: they say nothing to a user.
bool is_progress(std::string_view line) {
    return line.starts_with("remote: ") || line.contains("objects: ") || line.contains("deltas: ");
}

std::string clean(std::string_view line) {
    if (line.ends_with("\x1b[K"))
        line.remove_suffix(3); // erase to the end of the line: how servers overwrite theirs
    std::string plain;
    for (const char c : line) {
        if (!is_control(c)) plain += c;
    }
    while (plain.ends_with(' ')) plain.pop_back();
    return to_valid_utf8(plain);
}

} // namespace

std::vector<std::string> ProgressLines::put(std::string_view bytes,
                                            std::chrono::steady_clock::time_point now) {
    tail_ += bytes;
    if (tail_.size() > tail_limit) tail_.erase(0, tail_.size() - tail_limit);
    std::vector<std::string> lines;
    for (const char c : bytes) {
        if (c != '\n' && c != '\r') {
            if (line_.size() < line_limit) line_ += c;
            continue;
        }
        const bool is_shown = is_progress(line_) && (c == '\n' || now - shown_ >= interval);
        if (is_shown) {
            lines.push_back(clean(line_));
            if (c == '\r') shown_ = now;
        }
        line_.clear();
    }
    return lines;
}

} // namespace panel::git
