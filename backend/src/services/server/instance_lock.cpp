#include "services/server/instance_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace panel::server {

namespace {
constexpr int most_instances = 64;
} // namespace

InstanceLock::InstanceLock(const std::filesystem::path& directory, const std::string& role) : role_(role) {
    for (number_ = 1; number_ <= most_instances; ++number_) {
        const auto path = directory / fmt::format("{}-{}.lock", role, number_);
        file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (file_ < 0) throw std::runtime_error(fmt::format("The file {} cannot be opened.", path.string()));
        if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
        ::close(file_);
    }
    throw std::runtime_error(fmt::format("{} processes of the role {} run on {} already.", most_instances,
                                         role, directory.string()));
}

InstanceLock::~InstanceLock() { ::close(file_); }

std::string InstanceLock::owner_name(const std::string& installation) const {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
    return fmt::format("{}/{}/{}-{}", host.data(), installation, role_, number_);
}

} // namespace panel::server
