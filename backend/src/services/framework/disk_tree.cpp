#include "services/framework/disk_tree.hpp"

#include <algorithm>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace panel::framework {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    [[nodiscard]] int get() const { return value_; }
    [[nodiscard]] bool is_open() const { return value_ >= 0; }
    int release() { return std::exchange(value_, -1); }

  private:
    int value_;
};

EntryKind kind_of(const dirent& entry, int directory) {
    unsigned char type = entry.d_type;
    struct stat status{};
    if (type == DT_UNKNOWN && ::fstatat(directory, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        type = static_cast<unsigned char>((status.st_mode & S_IFMT) >> 12);
    return type == DT_DIR ? EntryKind::directory : type == DT_REG ? EntryKind::file : EntryKind::link;
}

} // namespace

Result<std::unique_ptr<DiskTree>> DiskTree::open(const std::string& directory, std::size_t limit_bytes) {
    const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return fail(Code::not_found, "There is no directory of that name.");
    return std::unique_ptr<DiskTree>(new DiskTree(descriptor, limit_bytes));
}

DiskTree::~DiskTree() { ::close(descriptor_); }

int DiskTree::open_beneath(std::string_view path, int flags) const {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const std::string name = path.empty() ? "." : std::string(path);
    return static_cast<int>(::syscall(SYS_openat2, descriptor_, name.c_str(), &how, sizeof how));
}

std::optional<std::string> DiskTree::read(std::string_view path) const {
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    const Descriptor file(open_beneath(path, O_RDONLY | O_NONBLOCK));
    struct stat status{};
    if (!file.is_open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
        static_cast<std::size_t>(status.st_size) > limit_bytes_)
        return std::nullopt;
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t length = 0;
    while (length < bytes.size()) {
        const ssize_t count = ::read(file.get(), bytes.data() + length, bytes.size() - length);
        if (count < 0) return std::nullopt;
        if (count == 0) break;
        length += static_cast<std::size_t>(count);
    }
    bytes.resize(length);
    return bytes;
}

std::vector<Entry> DiskTree::list(std::string_view directory) const {
    Descriptor opened(open_beneath(directory, O_RDONLY | O_DIRECTORY));
    if (!opened.is_open()) return {};
    DIR* stream = ::fdopendir(opened.get());
    if (stream == nullptr) return {};
    const int descriptor = opened.release();
    std::vector<Entry> entries;
    while (const dirent* entry = ::readdir(stream)) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != ".." && name != ".git")
            entries.push_back({std::string(name), kind_of(*entry, descriptor)});
    }
    ::closedir(stream);
    std::ranges::sort(entries, {}, &Entry::name);
    return entries;
}

bool DiskTree::exists(std::string_view path) const {
    const Descriptor found(open_beneath(path, O_PATH));
    struct stat status{};
    return found.is_open() && ::fstat(found.get(), &status) == 0 &&
           (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

} // namespace panel::framework
