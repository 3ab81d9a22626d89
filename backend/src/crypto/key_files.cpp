#include "crypto/key_files.hpp"

#include "crypto/encoding.hpp"
#include "crypto/random.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace panel::crypto {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t file_limit_bytes = 64 * 1024;

class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }

  private:
    int descriptor_;
};

[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view why) {
    throw std::runtime_error(fmt::format("The key file {} {}.", path.string(), why));
}

// Written aside and linked into place: a crash leaves no half key, and a second process that starts at once
// does not replace the first's.
void create(const std::filesystem::path& path) {
    const auto aside = path.string() + "." + random_hex(4);
    {
        const File file(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        const Secret line(base64url_encode(random_bytes(key_bytes)) + "\n");
        const auto& text = line.reveal();
        if (file.get() < 0 ||
            ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
            ::fsync(file.get()) != 0) {
            ::unlink(aside.c_str());
            refuse(path, "cannot be written");
        }
    }
    const bool linked = ::link(aside.c_str(), path.c_str()) == 0 || errno == EEXIST;
    ::unlink(aside.c_str());
    if (!linked) refuse(path, "cannot be written");
    const File directory(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() >= 0) ::fsync(directory.get());
}

Secret read(const std::filesystem::path& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.get() < 0) refuse(path, "cannot be opened");
    struct stat status{};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) refuse(path, "is not a plain file");
    if ((status.st_mode & 0077U) != 0)
        refuse(path, "can be read by other users; make it private (chmod 600) and start again");
    if (status.st_uid != ::geteuid()) refuse(path, "belongs to another user");
    std::string text(file_limit_bytes, '\0');
    const auto count = ::read(file.get(), text.data(), text.size());
    if (count <= 0) refuse(path, "is empty");
    Secret whole(text.substr(0, static_cast<std::size_t>(count)));
    explicit_bzero(text.data(), text.size());
    return whole;
}

std::vector<Secret> parse(const std::filesystem::path& path, const Secret& content) {
    std::vector<Secret> keys;
    std::string_view rest = content.reveal();
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.empty()) continue;
        auto key = base64url_decode(line);
        if (!key || key->size() != key_bytes)
            refuse(path, "is damaged: each line must be one key of 32 bytes");
        keys.emplace_back(std::move(*key));
    }
    if (keys.empty()) refuse(path, "holds no key");
    return keys;
}

std::vector<Secret> open_or_create(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::exists(std::filesystem::symlink_status(path, error))) create(path);
    return parse(path, read(path));
}

} // namespace

KeyFiles KeyFiles::open(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory.parent_path(), error);
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        throw std::runtime_error(fmt::format("The folder {} cannot be created.", directory.string()));
    }
    KeyFiles files;
    files.secrets = open_or_create(directory / "secrets.key");
    files.tokens = std::move(open_or_create(directory / "tokens.key").back());
    return files;
}

} // namespace panel::crypto
