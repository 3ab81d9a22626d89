#pragma once
// Makes directories, files and links below one root directory, one path component at a time and never through
// a symbolic link (openat, O_NOFOLLOW), so that a hostile name cannot leave the root. Blocks: for the pool.
// Failures are errno values, 0 is success.

#include "services/docker/file_descriptor.hpp"

#include <string>
#include <vector>

namespace panel::docker {

// The components of a relative path. Nothing for an absolute path, one with ".." or NUL, or one deeper than
// `depth`.
[[nodiscard]] bool split_path(const std::string& path, int depth, std::vector<std::string>& components);

class DirectoryTree {
  public:
    explicit DirectoryTree(const std::string& root); // must exist
    [[nodiscard]] bool is_open() const { return root_.is_open(); }

    int make_directory(const std::vector<std::string>& path);
    // Creates an empty file for writing (EEXIST when the name is taken) with its parent directories.
    int make_file(const std::vector<std::string>& path, FileDescriptor& file);
    int make_link(const std::vector<std::string>& path, const std::string& target);
    int make_hard_link(const std::vector<std::string>& path,
                       const std::vector<std::string>& existing); // to a regular file

    // Where the link at `path` leads, followed through every link on the way, is below the root (it need not
    // exist).
    [[nodiscard]] bool stays_inside(const std::vector<std::string>& path) const;
    // Waits until everything is on disk.
    [[nodiscard]] bool flush() const;

  private:
    int open_parent(const std::vector<std::string>& path, bool create, FileDescriptor& parent);

    FileDescriptor root_;
    FileDescriptor parent_; // of the last entry: archives name files directory by directory
    std::vector<std::string> parent_path_;
};

} // namespace panel::docker
