#pragma once
// A FileTree over a directory on disk, for `detect DIR`. The only I/O of this folder. Every name is resolved
// by the kernel below the directory (openat2, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS): a link in a hostile
// repository leads nowhere. Blocking calls.

#include "base/result.hpp"
#include "services/framework/file_tree.hpp"

namespace panel::framework {

class DiskTree final : public FileTree {
  public:
    // Code::not_found when there is no such directory.
    static Result<std::unique_ptr<DiskTree>> open(const std::string& directory,
                                                  std::size_t limit_bytes = 4 << 20);
    ~DiskTree() override;

    [[nodiscard]] std::optional<std::string> read(std::string_view path) const override;
    [[nodiscard]] std::vector<Entry> list(std::string_view directory) const override;
    [[nodiscard]] bool exists(std::string_view path) const override;

  private:
    DiskTree(int descriptor, std::size_t limit_bytes) : descriptor_(descriptor), limit_bytes_(limit_bytes) {}
    [[nodiscard]] int open_beneath(std::string_view path, int flags) const;

    int descriptor_;
    std::size_t limit_bytes_;
};

} // namespace panel::framework
