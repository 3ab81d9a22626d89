#include "services/docker/tar_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <new>
#include <set>
#include <stdexcept>
#include <utility>

namespace panel::docker {

namespace {

constexpr unsigned file_mode = 0644;
constexpr unsigned executable_mode = 0755;

struct FreeEntry {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
struct FreeArchive {
    void operator()(archive* writer) const { archive_write_free(writer); }
};
using Entry = std::unique_ptr<archive_entry, FreeEntry>;

la_ssize_t collect(archive* /*writer*/, void* pending, const void* bytes, std::size_t size) {
    static_cast<std::string*>(pending)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

} // namespace

struct TarWriter::Impl {
    std::chrono::sys_seconds modified;
    std::string pending;
    std::unique_ptr<archive, FreeArchive> writer{archive_write_new()};
    std::set<std::string, std::less<>> directories;
    std::int64_t left = 0; // of the file begun last

    void check(int status) const {
        if (status == ARCHIVE_OK) return;
        const char* text = archive_error_string(writer.get());
        throw std::runtime_error(fmt::format("tar: {}", text == nullptr ? "unknown failure" : text));
    }

    void end_file() const {
        if (left != 0) throw std::logic_error("tar: a file got fewer bytes than announced");
    }

    void begin(std::string_view path, unsigned type, unsigned mode, std::int64_t size,
               std::string_view target) {
        const Entry entry(archive_entry_new());
        if (!entry) throw std::bad_alloc();
        archive_entry_set_pathname(entry.get(), std::string(path).c_str());
        archive_entry_set_filetype(entry.get(), type);
        archive_entry_set_perm(entry.get(), mode);
        archive_entry_set_size(entry.get(), size);
        archive_entry_set_mtime(entry.get(), modified.time_since_epoch().count(), 0);
        if (!target.empty()) archive_entry_set_symlink(entry.get(), std::string(target).c_str());
        check(archive_write_header(writer.get(), entry.get()));
    }

    // A reader makes directories that are not named as it likes, often closed to other users than root: name
    // them all.
    void begin_parents(std::string_view path) {
        for (auto end = path.find('/'); end != std::string_view::npos; end = path.find('/', end + 1)) {
            const auto parent = path.substr(0, end);
            if (parent.empty() || directories.contains(parent)) continue;
            directories.emplace(parent);
            begin(parent, AE_IFDIR, executable_mode, 0, {});
        }
    }
};

TarWriter::TarWriter(std::chrono::sys_seconds modified) : impl_(std::make_unique<Impl>()) {
    impl_->modified = modified;
    auto* writer = impl_->writer.get();
    if (writer == nullptr) throw std::bad_alloc();
    impl_->check(archive_write_set_format_gnutar(writer));
    impl_->check(archive_write_set_bytes_per_block(writer, 0));
    impl_->check(archive_write_open2(writer, &impl_->pending, nullptr, collect, nullptr, nullptr));
    // BuildKit tells a tar from a bare Dockerfile by its first 512 bytes alone: they must be a whole member.
    impl_->begin("./", AE_IFDIR, executable_mode, 0, {});
}

TarWriter::~TarWriter() = default;

void TarWriter::begin_file(std::string_view path, std::int64_t size, bool executable) {
    impl_->end_file();
    impl_->begin_parents(path);
    impl_->begin(path, AE_IFREG, executable ? executable_mode : file_mode, size, {});
    impl_->left = size;
}

void TarWriter::data(std::string_view bytes) {
    if (bytes.empty()) return;
    impl_->left -= static_cast<std::int64_t>(bytes.size());
    if (impl_->left < 0) throw std::logic_error("tar: a file got more bytes than announced");
    const auto written = archive_write_data(impl_->writer.get(), bytes.data(), bytes.size());
    if (written != static_cast<la_ssize_t>(bytes.size())) impl_->check(ARCHIVE_FATAL);
}

void TarWriter::file(std::string_view path, std::string_view content, bool executable) {
    begin_file(path, static_cast<std::int64_t>(content.size()), executable);
    data(content);
}

void TarWriter::link(std::string_view path, std::string_view target) {
    impl_->end_file();
    impl_->begin_parents(path);
    impl_->begin(path, AE_IFLNK, executable_mode, 0, target);
}

void TarWriter::finish() {
    impl_->end_file();
    impl_->check(archive_write_close(impl_->writer.get()));
}

std::size_t TarWriter::pending_bytes() const { return impl_->pending.size(); }

std::string TarWriter::take() { return std::exchange(impl_->pending, {}); }

} // namespace panel::docker
