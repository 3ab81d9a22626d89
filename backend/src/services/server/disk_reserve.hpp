#pragma once
// A file that holds space back and goes when the disk is full, so that the panel can still write its record
// and people can sign in to make room. Blocks for a moment: pool threads, or the loop thread while nothing
// else is to be done.

#include <cstdint>
#include <filesystem>

namespace panel::server {

class DiskReserve {
  public:
    DiskReserve(std::filesystem::path file, std::int64_t bytes);

    // Makes the file when there is space for it twice over. True when it is there.
    bool hold(std::int64_t free_bytes);
    // Gives the space back. True when there was something to give.
    bool release();
    [[nodiscard]] std::int64_t held_bytes() const; // 0 while it is not there
    [[nodiscard]] std::int64_t bytes() const { return bytes_; }

  private:
    std::filesystem::path file_;
    std::int64_t bytes_;
};

struct DiskSpace {
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0; // for programs without root's privilege
};
// Of the file system that holds the path (statvfs(3)); zeros when it cannot be asked.
[[nodiscard]] DiskSpace space_at(const std::filesystem::path& path);

} // namespace panel::server
