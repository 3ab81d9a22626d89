#include "models/git_ref.hpp"

#include "base/utf8.hpp"
#include "models/text_rules.hpp"

#include <algorithm>

namespace panel {
namespace {

constexpr std::size_t length_limit = 200;

bool is_component(std::string_view part) {
    return !part.empty() && part.front() != '.' && !part.ends_with(".lock");
}

bool has_valid_components(std::string_view text) {
    for (std::size_t start = 0; start <= text.size();) {
        const auto end = std::min(text.find('/', start), text.size());
        if (!is_component(text.substr(start, end - start))) return false;
        start = end + 1;
    }
    return true;
}

bool has_forbidden(std::string_view text) {
    return has_control(text) || text.find_first_of(" ~^:?*[\\") != std::string_view::npos ||
           text.contains("..") || text.contains("@{");
}

} // namespace

Result<GitRef> GitRef::parse(std::string_view text) {
    if (text.empty()) return fail(Code::invalid, "The name of a branch is needed.");
    if (text.size() > length_limit) return fail(Code::invalid, "The branch name is too long.");
    if (text.front() == '-' || text.front() == '+')
        return fail(Code::invalid, "A branch name must not start with - or +.");
    if (text == "HEAD" || text == "@") return fail(Code::invalid, "Name the branch itself instead of HEAD.");
    if (text.starts_with("refs/"))
        return fail(Code::invalid, "Write only the branch name, without refs/heads/.");
    if (!is_valid_utf8(text) || has_forbidden(text) || text.ends_with('.') || !has_valid_components(text)) {
        return fail(Code::invalid, "This is not a name that git allows for a branch.");
    }
    return GitRef(std::string(text));
}

bool is_commit_hash(std::string_view text) {
    return (text.size() == 40 || text.size() == 64) && std::ranges::all_of(text, is_hexadecimal);
}

} // namespace panel
