#pragma once
// A directory on a file system of its own that holds little (tmpfs), to fill it without filling the machine's
// disk. Needs root; ask is_possible() first and skip aloud. Unmounted when it goes.

#include "support/temp_directory.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace panel::test {

class SmallDisk {
  public:
    static bool is_possible() { return ::geteuid() == 0; }

    explicit SmallDisk(std::int64_t bytes) {
        const auto options = fmt::format("size={},mode=700", bytes);
        REQUIRE(::mount("tmpfs", path().c_str(), "tmpfs", 0, options.c_str()) == 0);
    }
    ~SmallDisk() { ::umount2(path().c_str(), MNT_DETACH); }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }
    // Takes all space that is left but for so much; returns the file that holds it.
    [[nodiscard]] std::filesystem::path fill(std::int64_t but = 0) const {
        const auto file = path() / "filler";
        const auto left = static_cast<std::int64_t>(std::filesystem::space(path()).available);
        const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        REQUIRE(descriptor >= 0);
        const int failure = ::posix_fallocate(descriptor, 0, left - but);
        ::close(descriptor);
        REQUIRE(failure == 0);
        return file;
    }

  private:
    TempDirectory directory_;
};

} // namespace panel::test
