#include "services/git/tree_listing.hpp"

#include "models/text_rules.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

namespace panel::git {
namespace {

constexpr std::size_t path_limit = 4096;
constexpr std::size_t record_limit = path_limit + 200;

std::unexpected<Error> unreadable() {
    return fail(Code::invalid, "The repository's list of files cannot be read.");
}
std::unexpected<Error> hostile() {
    return fail(Code::invalid, "The repository holds a file name that could lead out of its directory.");
}

std::string_view take_word(std::string_view& text) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(text.find_first_not_of(' ', end), text.size()));
    return word;
}

std::optional<TreeEntry::Kind> kind_of(std::string_view mode) {
    if (mode == "100644" || mode == "100664")
        return TreeEntry::Kind::file; // group-writable: in repositories of the first years
    if (mode == "100755") return TreeEntry::Kind::executable;
    if (mode == "120000") return TreeEntry::Kind::link;
    if (mode == "160000") return TreeEntry::Kind::submodule;
    return std::nullopt;
}

bool is_safe_path(std::string_view path) {
    if (path.empty() || path.size() > path_limit) return false;
    for (std::size_t start = 0; start <= path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        const auto part = path.substr(start, end - start);
        if (part.empty() || part == "." || part == ".." || part.size() > 255 || to_lower(part) == ".git")
            return false;
        start = end + 1;
    }
    return true;
}

// git lists whole paths in strictly ascending byte order. In a forged tree a file "a" can stand beside a
// directory "a", which would let a link redirect what is written below it.
bool is_consistent(const std::vector<TreeEntry>& entries) {
    const auto path = [](const TreeEntry& entry) -> std::string_view { return entry.path; };
    if (std::ranges::adjacent_find(entries, std::greater_equal{}, path) != entries.end()) return false;
    std::string_view checked;
    for (const auto& entry : entries) {
        const auto directory =
            std::string_view(entry.path).substr(0, std::min(entry.path.rfind('/'), entry.path.size()));
        if (directory == checked || directory.size() == entry.path.size()) continue;
        checked = directory;
        for (auto parent = directory;; parent = parent.substr(0, parent.rfind('/'))) {
            if (std::ranges::binary_search(entries, parent, {}, path)) return false;
            if (!parent.contains('/')) break;
        }
    }
    return true;
}

} // namespace

Result<void> TreeListing::put(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto end = bytes.find('\0');
        if (rest_.size() + std::min(end, bytes.size()) > record_limit) return hostile();
        if (end == std::string_view::npos) {
            rest_ += bytes;
            return {};
        }
        Result<void> taken;
        if (rest_.empty()) {
            taken = put_record(bytes.substr(0, end));
        } else {
            rest_ += bytes.substr(0, end);
            taken = put_record(rest_);
            rest_.clear();
        }
        if (!taken) return taken;
        bytes.remove_prefix(end + 1);
    }
    return {};
}

// "100644 blob 5b1d... \t    123\tpath", the size padded, "-" for submodules
Result<void> TreeListing::put_record(std::string_view record) {
    const auto tab = record.find('\t');
    if (tab == std::string_view::npos) return unreadable();
    auto head = record.substr(0, tab);
    const auto kind = kind_of(take_word(head));
    const auto type = take_word(head);
    const auto hash = take_word(head);
    const auto size = take_word(head);
    if (!kind || (type != "blob" && type != "commit") || !is_commit_hash(hash)) return unreadable();
    TreeEntry entry;
    entry.kind = *kind;
    entry.hash = hash;
    if (type == "blob") {
        const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), entry.size);
        if (error != std::errc{} || end != size.data() + size.size() || entry.size < 0) return unreadable();
    }
    entry.path = record.substr(tab + 1);
    if (!is_safe_path(entry.path)) return hostile();
    total_bytes_ += entry.size;
    if (entry.size > limits_.blob_bytes)
        return fail(Code::too_large, "The repository holds a file of over 1 GiB.");
    if (total_bytes_ > limits_.total_bytes)
        return fail(Code::too_large, "The files of the repository are over 4 GiB in all.");
    if (entries_.size() >= limits_.entries)
        return fail(Code::too_large, "The repository holds more than 200,000 files.");
    entries_.push_back(std::move(entry));
    return {};
}

Result<std::vector<TreeEntry>> TreeListing::finish() {
    if (!rest_.empty()) return unreadable();
    if (!is_consistent(entries_)) return hostile();
    return std::move(entries_);
}

} // namespace panel::git
