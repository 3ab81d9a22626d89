#pragma once
// Writes a tar archive piece by piece (GNU format, which keeps names as the bytes they are, by libarchive),
// with one time and owner for all entries so that equal content gives equal bytes; parent directories are
// added by themselves. Throws std::logic_error when a file gets more or fewer bytes than announced. Pure; not
// thread-safe.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace panel::docker {

class TarWriter {
  public:
    // `modified` is the time of every file. Give the time of the commit: web servers make ETags from size and
    // time, so two releases with equal times let browsers keep a stale file of the same size. BuildKit's
    // cache ignores it.
    explicit TarWriter(std::chrono::sys_seconds modified = std::chrono::sys_days{std::chrono::January / 1 /
                                                                                 2000});
    ~TarWriter();
    TarWriter(const TarWriter&) = delete;
    TarWriter& operator=(const TarWriter&) = delete;

    void begin_file(std::string_view path, std::int64_t size, bool executable);
    void data(std::string_view bytes); // of the file begun last; `size` bytes in all
    void file(std::string_view path, std::string_view content, bool executable = false);
    void link(std::string_view path, std::string_view target); // symbolic
    void finish();

    [[nodiscard]] std::size_t pending_bytes() const;
    // What has been written since the last take().
    [[nodiscard]] std::string take();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace panel::docker
