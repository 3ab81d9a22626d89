#include "services/server/instance_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <stdexcept>

namespace panel::server {

namespace {

constexpr int most_instances = 64;

int open_lock(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) throw std::runtime_error(fmt::format("The file {} cannot be opened.", path.string()));
    return file;
}

} // namespace

InstanceLock::InstanceLock(const std::filesystem::path& directory, const std::string& role) : role_(role) {
    for (number_ = 1; number_ <= most_instances; ++number_) {
        file_ = open_lock(directory / fmt::format("{}-{}.lock", role, number_));
        if (::flock(file_, LOCK_EX | LOCK_NB) == 0) {
            // For people: nobody decides by it.
            if (::ftruncate(file_, 0) != 0 || ::dprintf(file_, "%d\n", static_cast<int>(::getpid())) < 0)
                throw std::runtime_error(
                    fmt::format("The locks in {} cannot be written.", directory.string()));
            return;
        }
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

StartLock::StartLock(const std::filesystem::path& directory) : file_(open_lock(directory / "start.lock")) {
    while (::flock(file_, LOCK_EX) != 0 && errno == EINTR) {
    }
}

void StartLock::release() {
    if (file_ >= 0) {
        ::flock(file_, LOCK_UN); // a child that is being started may hold a copy of the descriptor
        ::close(file_);
    }
    file_ = -1;
}

} // namespace panel::server
