#include "services/framework/file_tree.hpp"

#include "services/framework/text.hpp"

namespace panel::framework {
namespace {

std::string within(std::string_view directory, std::string_view name) {
    if (directory.empty()) return std::string(name);
    if (name.empty()) return std::string(directory);
    return std::string(directory) + '/' + std::string(name);
}

} // namespace

MemoryTree::MemoryTree(std::map<std::string, std::string, std::less<>> files, std::size_t limit_bytes)
    : files_(std::move(files)), limit_bytes_(limit_bytes) {}

std::optional<std::string> MemoryTree::read(std::string_view path) const {
    const auto found = files_.find(path);
    if (found == files_.end() || found->second.size() > limit_bytes_) return std::nullopt;
    return found->second;
}

std::vector<Entry> MemoryTree::list(std::string_view directory) const {
    const std::string prefix = directory.empty() ? std::string{} : std::string(directory) + '/';
    std::map<std::string, EntryKind> names;
    for (auto at = files_.lower_bound(prefix); at != files_.end() && at->first.starts_with(prefix); ++at) {
        const std::string rest = at->first.substr(prefix.size());
        const auto slash = rest.find('/');
        names[rest.substr(0, slash)] = slash == rest.npos ? EntryKind::file : EntryKind::directory;
    }
    std::vector<Entry> entries;
    entries.reserve(names.size());
    for (const auto& [name, kind] : names) entries.push_back({name, kind});
    return entries;
}

bool MemoryTree::exists(std::string_view path) const {
    if (path.empty() || files_.contains(path)) return true;
    const std::string prefix = std::string(path) + '/';
    const auto at = files_.lower_bound(prefix);
    return at != files_.end() && at->first.starts_with(prefix);
}

std::optional<std::string> CachedTree::read(std::string_view path) const {
    const auto found = contents_.find(path);
    if (found != contents_.end()) return found->second;
    if (!exists(path)) return std::nullopt;
    return contents_.emplace(std::string(path), tree_.read(path)).first->second;
}

const CachedTree::Listing& CachedTree::listing(std::string_view directory) const {
    const auto found = listings_.find(directory);
    if (found != listings_.end()) return found->second;
    Listing listing;
    if (directory.empty() || exists(directory)) listing.entries = tree_.list(directory);
    for (const Entry& entry : listing.entries)
        if (entry.kind == EntryKind::file || entry.kind == EntryKind::directory)
            listing.names.insert(entry.name);
    return listings_.emplace(std::string(directory), std::move(listing)).first->second;
}

std::vector<Entry> CachedTree::list(std::string_view directory) const { return listing(directory).entries; }

bool CachedTree::exists(std::string_view path) const {
    if (path.empty()) return true;
    return listing(parent_path(path)).names.contains(file_name(path));
}

std::optional<std::string> SubTree::read(std::string_view path) const {
    return tree_.read(within(directory_, path));
}
std::vector<Entry> SubTree::list(std::string_view directory) const {
    return tree_.list(within(directory_, directory));
}
bool SubTree::exists(std::string_view path) const { return tree_.exists(within(directory_, path)); }

std::vector<std::string> SubTree::directories_upwards() const {
    std::vector<std::string> directories{directory_};
    while (!directories.back().empty()) directories.push_back(parent_path(directories.back()));
    return directories;
}

std::optional<std::string> SubTree::nearest(std::string_view name) const {
    for (const std::string& directory : directories_upwards()) {
        std::string path = within(directory, name);
        if (tree_.exists(path)) return path;
    }
    return std::nullopt;
}

} // namespace panel::framework
