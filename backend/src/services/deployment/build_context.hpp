#pragma once
// The body of a build: the repository below app/ and our own files below panel/, as tar, written straight
// from git's objects into the Docker request; nothing is checked out. Loop thread; one reader.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "services/docker/tar_writer.hpp"
#include "services/git/git_client.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace panel::deployment {

class BuildContext {
  public:
    struct OwnFile {
        std::string path; // "panel/Dockerfile"
        std::string content;
    };

    struct Layout {
        std::string prefix = "app/"; // before every path of the repository
        std::string directory;       // only what is below it, with paths relative to it; "" for all
        Timestamp modified; // of every file: the commit's, since web servers tell versions apart by it
    };

    // Submodules are left out. Entries are those of GitClient::list_tree.
    BuildContext(std::vector<git::TreeEntry> entries, std::unique_ptr<git::BlobStream> blobs,
                 std::vector<OwnFile> own_files, Layout layout);

    // The next piece of the archive; "" at its end.
    boost::asio::awaitable<Result<std::string>> next();

  private:
    boost::asio::awaitable<Result<void>> add_entry(const git::TreeEntry& entry);

    std::vector<git::TreeEntry> entries_;
    std::unique_ptr<git::BlobStream> blobs_;
    std::vector<OwnFile> own_files_;
    Layout layout_;
    std::size_t position_ = 0;
    bool in_file_ = false; // a large file is being passed on
    bool finished_ = false;
    docker::TarWriter tar_;
};

// The lines of panel/env: `export KEY='value'` for a POSIX shell, whatever the value holds.
[[nodiscard]] std::string
render_environment_file(const std::vector<std::pair<std::string, std::string>>& variables);

} // namespace panel::deployment
