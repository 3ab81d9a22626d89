#pragma once
// Writes a tar archive piece by piece (ustar with pax where needed, by libarchive), with fixed times and owners so that equal
// content gives equal bytes. Pure; not thread-safe.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace panel::docker {

class TarWriter {
  public:
    TarWriter();
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
