#include "services/docker/archive_extractor.hpp"

#include "services/docker/directory_tree.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace panel::docker {

namespace {

constexpr std::size_t read_block_bytes = 256 * 1024;

using Components = std::vector<std::string>;

struct FreeReader {
    void operator()(archive* reader) const { archive_read_free(reader); }
};

std::unexpected<Error> refuse(std::string what) {
    return fail(Code::invalid, "The build's output holds " + std::move(what) + ", which is not taken over.");
}

std::unexpected<Error> storage_error(int number) {
    if (number == ENOSPC || number == EDQUOT)
        return fail(Code::unavailable, "There is no space left on the server's disk.");
    if (number == ENAMETOOLONG) return refuse("a name that is too long");
    // EEXIST: named twice; ENOTDIR, ELOOP: below a file or a link; EPERM: a hard link to no file
    if (number == EEXIST || number == ENOTDIR || number == ELOOP)
        return refuse("a name that is taken twice or lies below a link");
    if (number == EPERM || number == ENOENT) return refuse("a hard link that leads to no file of it");
    return fail(Code::internal, "The build's output cannot be written to disk.");
}

class Extractor {
  public:
    Extractor(int descriptor, const std::string& destination, ExtractionLimits limits)
        : limits_(limits), tree_(destination), reader_(archive_read_new()) {
        archive_read_support_format_tar(reader_.get()); // plain tar: nothing that inflates
        opened_ = archive_read_open_fd(reader_.get(), descriptor, read_block_bytes) == ARCHIVE_OK;
    }

    Result<void> run() {
        if (!tree_.is_open()) return fail(Code::internal, "The directory for the build's output is missing.");
        if (!opened_) return cut_off();
        for (;;) {
            archive_entry* entry = nullptr;
            const int status = archive_read_next_header(reader_.get(), &entry);
            if (status == ARCHIVE_EOF) break;
            if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
                return cut_off(); // a warning is about the character set of a name
            if (auto taken = take(entry); !taken) return taken;
        }
        if (entries_ == 0) return cut_off();
        for (const auto& link : links_) {
            if (!tree_.stays_inside(link)) return refuse("a link that leaves it");
        }
        // A release that is announced must survive a power cut.
        if (!tree_.flush()) return storage_error(errno);
        return {};
    }

  private:
    static std::unexpected<Error> cut_off() {
        return fail(Code::unavailable, "Docker broke off the copy of the build's output.");
    }
    static std::unexpected<Error> over_limit() {
        return fail(Code::too_large, "The build's output is larger than allowed.");
    }

    // The name without its leading directory.
    [[nodiscard]] std::optional<Components> place_of(const char* name) const {
        Components path;
        if (name == nullptr) return std::nullopt;
        std::string text(name);
        while (text.starts_with("./")) text.erase(0, 2);
        if (text.starts_with('/')) text.erase(0, 1); // the engine names the content of "/" so
        if (!split_path(text, limits_.depth, path) || path.empty()) return std::nullopt;
        path.erase(path.begin());
        return path;
    }

    Result<void> take(archive_entry* entry) {
        if (++entries_ > limits_.entries) return over_limit();
        const auto path = place_of(archive_entry_pathname(entry));
        if (!path) return refuse("a name that leaves it or is too deep");
        if (const auto* target = archive_entry_hardlink(entry)) return take_hard_link(*path, target);
        const auto type = archive_entry_filetype(entry);
        if (path->empty() && type != AE_IFDIR)
            return fail(Code::invalid, "The output path of the build is not a directory.");
        if (type == AE_IFDIR) return done(path->empty() ? 0 : tree_.make_directory(*path));
        if (type == AE_IFLNK) return take_link(*path, archive_entry_symlink(entry));
        if (type == AE_IFREG) return take_file(*path, entry);
        return refuse("a device, pipe or socket");
    }

    static Result<void> done(int failure) {
        if (failure != 0) return storage_error(failure);
        return {};
    }

    Result<void> take_hard_link(const Components& path, const char* target) {
        const auto existing = place_of(target);
        if (path.empty() || !existing || existing->empty()) return refuse("a hard link that leaves it");
        return done(tree_.make_hard_link(path, *existing));
    }

    Result<void> take_link(const Components& path, const char* target) {
        if (target == nullptr || *target == '\0' || *target == '/') return refuse("a link that leaves it");
        links_.push_back(path); // judged when all are there: a link may lead through others
        return done(tree_.make_link(path, target));
    }

    Result<void> take_file(const Components& path, archive_entry* entry) {
        const auto size = archive_entry_size(entry); // also what a sparse file pretends to hold
        if (size < 0 || size > limits_.bytes - bytes_) return over_limit();
        bytes_ += size;
        FileDescriptor file;
        if (const int failure = tree_.make_file(path, file); failure != 0) return storage_error(failure);
        errno = 0;
        const int status = archive_read_data_into_fd(reader_.get(), file.get());
        if (status == ARCHIVE_OK) return {};
        return errno == ENOSPC || errno == EDQUOT ? storage_error(errno) : cut_off();
    }

    ExtractionLimits limits_;
    DirectoryTree tree_;
    std::unique_ptr<archive, FreeReader> reader_;
    bool opened_ = false;
    std::int64_t bytes_ = 0;
    std::int64_t entries_ = 0;
    std::vector<Components> links_;
};

void empty_directory(const std::string& directory) {
    std::error_code ignored; // it was reported already that the copy failed
    for (const auto& child : std::filesystem::directory_iterator(directory, ignored)) {
        std::filesystem::remove_all(child.path(), ignored); // does not follow links
    }
}

} // namespace

Result<void> extract_archive(int archive_descriptor, const std::string& destination,
                             ExtractionLimits limits) {
    auto result = Extractor(archive_descriptor, destination, limits).run();
    if (!result) empty_directory(destination);
    return result;
}

} // namespace panel::docker
