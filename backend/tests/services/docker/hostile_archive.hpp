#pragma once
// Writes tar archives with members that no honest engine sends, for the extraction tests.

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <string>
#include <string_view>

namespace panel::test {

class HostileArchive {
  public:
    HostileArchive() {
        archive_write_set_format_pax_restricted(writer_.get());
        archive_write_set_options(writer_.get(), "hdrcharset=BINARY");
        archive_write_set_bytes_per_block(writer_.get(), 0);
        archive_write_open2(writer_.get(), this, nullptr, append, nullptr, nullptr);
    }

    HostileArchive& directory(const std::string& path) { return add(path, AE_IFDIR, {}, {}); }
    HostileArchive& file(const std::string& path, std::string_view content, unsigned mode = 0644) {
        mode_ = mode;
        return add(path, AE_IFREG, content, {});
    }
    HostileArchive& link(const std::string& path, const std::string& target) {
        return add(path, AE_IFLNK, {}, target);
    }
    HostileArchive& hard_link(const std::string& path, const std::string& target) {
        return add(path, 0, {}, target);
    }
    HostileArchive& special(const std::string& path, unsigned type) { return add(path, type, {}, {}); }

    [[nodiscard]] std::string bytes() {
        archive_write_close(writer_.get());
        return bytes_;
    }

  private:
    static la_ssize_t append(archive* /*writer*/, void* self, const void* bytes, std::size_t size) {
        static_cast<HostileArchive*>(self)->bytes_.append(static_cast<const char*>(bytes), size);
        return static_cast<la_ssize_t>(size);
    }

    HostileArchive& add(const std::string& path, unsigned type, std::string_view content,
                        const std::string& target) {
        const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(),
                                                                             archive_entry_free);
        archive_entry_set_pathname(entry.get(), path.c_str());
        archive_entry_set_filetype(entry.get(), type == 0 ? AE_IFREG : type);
        archive_entry_set_perm(entry.get(), static_cast<__LA_MODE_T>(mode_));
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
        if (type == AE_IFLNK) archive_entry_set_symlink(entry.get(), target.c_str());
        if (type == 0) archive_entry_set_hardlink(entry.get(), target.c_str());
        archive_write_header(writer_.get(), entry.get());
        archive_write_data(writer_.get(), content.data(), content.size());
        return *this;
    }

    std::string bytes_;
    unsigned mode_ = 0644;
    std::unique_ptr<archive, int (*)(archive*)> writer_{archive_write_new(), archive_write_free};
};

} // namespace panel::test
