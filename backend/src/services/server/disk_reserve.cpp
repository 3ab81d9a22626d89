#include "services/server/disk_reserve.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <system_error>

namespace panel::server {

DiskReserve::DiskReserve(std::filesystem::path file, std::int64_t bytes)
    : file_(std::move(file)), bytes_(bytes) {}

bool DiskReserve::hold(std::int64_t free_bytes) {
    if (bytes_ == 0 || held_bytes() >= bytes_) return bytes_ != 0;
    if (free_bytes < 2 * bytes_) return false;
    const int file = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return false;
    // Real blocks: a sparse file would hold nothing back.
    const bool is_held = ::posix_fallocate(file, 0, bytes_) == 0;
    ::close(file);
    if (!is_held) release();
    return is_held;
}

bool DiskReserve::release() {
    std::error_code error;
    return std::filesystem::remove(file_, error);
}

std::int64_t DiskReserve::held_bytes() const {
    struct stat state{};
    if (::stat(file_.c_str(), &state) != 0) return 0;
    return static_cast<std::int64_t>(state.st_blocks) * 512;
}

DiskSpace space_at(const std::filesystem::path& path) {
    struct statvfs disk{};
    if (::statvfs(path.c_str(), &disk) != 0) return {};
    const auto block = static_cast<std::int64_t>(disk.f_frsize);
    return {block * static_cast<std::int64_t>(disk.f_blocks),
            block * static_cast<std::int64_t>(disk.f_bavail)};
}

} // namespace panel::server
