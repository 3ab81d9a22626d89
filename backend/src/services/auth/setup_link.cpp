#include "services/auth/setup_link.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hmac.hpp"
#include "crypto/random.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace panel::auth {
namespace {

constexpr std::size_t token_bytes = 32;

class File {
  public:
    File(const std::filesystem::path& path, int flags)
        : descriptor_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }

  private:
    int descriptor_;
};

} // namespace

SetupLink::SetupLink(const std::filesystem::path& data_directory, std::string public_url)
    : file_(data_directory / "setup-url"), prefix_(std::move(public_url) + "/setup?token=") {}

std::string SetupLink::prepare() {
    auto token = read_token();
    if (token.empty()) {
        remove();
        token = crypto::random_base64url(token_bytes);
        const auto line = prefix_ + token + "\n";
        const File file(file_, O_WRONLY | O_CREAT | O_EXCL);
        if (file.get() < 0 ||
            ::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
            ::fsync(file.get()) != 0) {
            throw std::runtime_error(fmt::format("The setup link cannot be written to {}.", file_.string()));
        }
    }
    token_hash_ = crypto::sha256(token);
    return prefix_ + token;
}

void SetupLink::remove() {
    token_hash_.clear();
    ::unlink(file_.c_str());
}

bool SetupLink::matches(std::string_view token) const {
    return !token_hash_.empty() && crypto::equal_in_constant_time(crypto::sha256(token), token_hash_);
}

std::string SetupLink::read_token() const {
    const File file(file_, O_RDONLY | O_NONBLOCK);
    struct stat status{};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
    if ((status.st_mode & 0077U) != 0 || status.st_uid != ::geteuid())
        return {}; // others may know it: make a new one
    std::array<char, 4096> buffer{};
    const auto count = ::read(file.get(), buffer.data(), buffer.size());
    if (count <= 0) return {};
    std::string_view text(buffer.data(), static_cast<std::size_t>(count));
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (!text.starts_with(prefix_)) return {};
    text.remove_prefix(prefix_.size());
    const auto bytes = crypto::base64url_decode(text);
    return bytes && bytes->size() == token_bytes ? std::string(text) : std::string();
}

} // namespace panel::auth
