#include "services/deployment/repository_tree.hpp"

namespace panel::deployment {

namespace {

framework::EntryKind kind_of(git::TreeEntry::Kind kind) {
    switch (kind) {
    case git::TreeEntry::Kind::link: return framework::EntryKind::link;
    case git::TreeEntry::Kind::submodule: return framework::EntryKind::submodule;
    default: return framework::EntryKind::file;
    }
}

} // namespace

RepositoryTree::RepositoryTree(const std::vector<git::TreeEntry>& entries,
                               std::unique_ptr<git::BlobReader> reader)
    : reader_(std::move(reader)) {
    directories_.try_emplace("");
    for (const auto& entry : entries) {
        files_.emplace(entry.path, entry);
        std::string_view path = entry.path;
        auto kind = kind_of(entry.kind);
        while (true) { // the file into its directory, and each directory into its parent until one is known
            const auto slash = path.rfind('/');
            const auto parent = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
            const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
            auto [directory, is_new] = directories_.try_emplace(std::string(parent));
            directory->second.emplace(name, kind);
            if (!is_new || parent.empty()) break;
            path = parent;
            kind = framework::EntryKind::directory;
        }
    }
}

std::optional<std::string> RepositoryTree::read(std::string_view path) const {
    const auto found = files_.find(path);
    if (found == files_.end() || kind_of(found->second.kind) != framework::EntryKind::file)
        return std::nullopt;
    return reader_->read(found->second.hash, file_limit_bytes);
}

std::vector<framework::Entry> RepositoryTree::list(std::string_view directory) const {
    std::vector<framework::Entry> entries;
    const auto found = directories_.find(directory);
    if (found == directories_.end()) return entries;
    entries.reserve(found->second.size());
    for (const auto& [name, kind] : found->second) entries.push_back({name, kind});
    return entries;
}

bool RepositoryTree::exists(std::string_view path) const {
    const auto found = files_.find(path);
    if (found != files_.end()) return kind_of(found->second.kind) == framework::EntryKind::file;
    return directories_.contains(path);
}

} // namespace panel::deployment
