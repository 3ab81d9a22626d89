#pragma once
// A commit's files as detection's FileTree: names from one listing, bytes from git on demand. Used on a pool
// thread while detection runs there; one thread at a time. Keeps its git process until it goes.

#include "base/result.hpp"
#include "services/framework/file_tree.hpp"
#include "services/git/git_client.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel::deployment {

class RepositoryTree final : public framework::FileTree {
  public:
    static constexpr std::int64_t file_limit_bytes =
        4 * 1024 * 1024; // manifests are smaller; lock files of huge monorepos just fit

    // `reader` is asked for contents.
    RepositoryTree(const std::vector<git::TreeEntry>& entries, std::unique_ptr<git::BlobReader> reader);

    [[nodiscard]] std::optional<std::string> read(std::string_view path) const override;
    [[nodiscard]] std::vector<framework::Entry> list(std::string_view directory) const override;
    [[nodiscard]] bool exists(std::string_view path) const override;

  private:
    using Names = std::map<std::string, framework::EntryKind, std::less<>>;
    std::map<std::string, git::TreeEntry, std::less<>> files_;
    std::map<std::string, Names, std::less<>> directories_;
    std::unique_ptr<git::BlobReader> reader_;
};

} // namespace panel::deployment
