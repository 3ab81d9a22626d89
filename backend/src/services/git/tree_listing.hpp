#pragma once
// Reads `git ls-tree -r -z -l` as it streams in, and refuses trees that no honest git makes: names that leave
// the tree, .git parts, a name twice, a file where a directory is. Pure, one object per listing.

#include "services/git/git_client.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace panel::git {

struct TreeLimits {
    std::size_t entries = 200'000;
    std::int64_t blob_bytes = std::int64_t{1} << 30;
    std::int64_t total_bytes = std::int64_t{4} << 30;
};

class TreeListing {
  public:
    explicit TreeListing(TreeLimits limits = {}) : limits_(limits) {}

    // Takes the next piece of output. invalid: a hostile or unreadable entry; too_large: over a limit.
    Result<void> put(std::string_view bytes);
    // After the last piece.
    Result<std::vector<TreeEntry>> finish();

  private:
    Result<void> put_record(std::string_view record);

    TreeLimits limits_;
    std::string rest_; // of a record that has not ended yet
    std::vector<TreeEntry> entries_;
    std::int64_t total_bytes_ = 0;
};

} // namespace panel::git
