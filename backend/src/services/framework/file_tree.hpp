#pragma once
// What detection may see of a repository: a read-only tree of names and bytes. The pipeline implements it
// over git objects, DiskTree over a directory, MemoryTree over a map for tests. Owned by the caller and must
// outlive the detection that uses it. One thread at a time. Paths use '/' and are relative to the
// repository's root; "" is the root itself.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace panel::framework {

enum class EntryKind { file, directory, link, submodule };

struct Entry {
    std::string name;
    EntryKind kind = EntryKind::file;
};

class FileTree {
  public:
    FileTree() = default;
    FileTree(const FileTree&) = delete;
    FileTree& operator=(const FileTree&) = delete;
    virtual ~FileTree() = default;

    // A regular file's bytes; nothing when it is absent, a link, a directory, or larger than the
    // implementation's limit.
    [[nodiscard]] virtual std::optional<std::string> read(std::string_view path) const = 0;
    // Empty for what is absent or not a directory. Sorted by name.
    [[nodiscard]] virtual std::vector<Entry> list(std::string_view directory) const = 0;
    // True for a file or a directory (not for a link).
    [[nodiscard]] virtual bool exists(std::string_view path) const = 0;
};

class MemoryTree final : public FileTree {
  public:
    explicit MemoryTree(std::map<std::string, std::string, std::less<>> files,
                        std::size_t limit_bytes = 4 << 20);

    [[nodiscard]] std::optional<std::string> read(std::string_view path) const override;
    [[nodiscard]] std::vector<Entry> list(std::string_view directory) const override;
    [[nodiscard]] bool exists(std::string_view path) const override;

  private:
    std::map<std::string, std::string, std::less<>> files_;
    std::size_t limit_bytes_;
};

// Remembers every answer, and answers exists() from a directory's listing: each file is read and each
// directory listed once.
class CachedTree final : public FileTree {
  public:
    explicit CachedTree(const FileTree& tree) : tree_(tree) {}

    [[nodiscard]] std::optional<std::string> read(std::string_view path) const override;
    [[nodiscard]] std::vector<Entry> list(std::string_view directory) const override;
    [[nodiscard]] bool exists(std::string_view path) const override;

  private:
    struct Listing {
        std::vector<Entry> entries;
        std::set<std::string, std::less<>> names;
    };
    const Listing& listing(std::string_view directory) const;

    const FileTree& tree_;
    mutable std::map<std::string, std::optional<std::string>, std::less<>> contents_;
    mutable std::map<std::string, Listing, std::less<>> listings_;
};

// The view below one directory that can still look at its parents, for what a monorepo keeps at its root.
class SubTree final : public FileTree {
  public:
    SubTree(const FileTree& tree, std::string directory) : tree_(tree), directory_(std::move(directory)) {}

    [[nodiscard]] std::optional<std::string> read(std::string_view path) const override;
    [[nodiscard]] std::vector<Entry> list(std::string_view directory) const override;
    [[nodiscard]] bool exists(std::string_view path) const override;

    [[nodiscard]] const std::string& directory() const { return directory_; }
    [[nodiscard]] const FileTree& whole() const { return tree_; }
    // This directory first, then each parent up to the repository's root.
    [[nodiscard]] std::vector<std::string> directories_upwards() const;
    // The nearest file of that name, as a path from the repository's root.
    [[nodiscard]] std::optional<std::string> nearest(std::string_view name) const;

  private:
    const FileTree& tree_;
    std::string directory_;
};

} // namespace panel::framework
