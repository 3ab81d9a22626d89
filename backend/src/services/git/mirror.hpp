#pragma once
// The bare mirrors on disk: one directory per repository address below the mirrors directory, named by the
// SHA-256 of the address, and the lock that keeps two fetches (of this process or another one on the same
// data directory) from one mirror. Few small files, no child process.

#include "base/result.hpp"
#include "models/git_url.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>

namespace panel::git {

[[nodiscard]] std::filesystem::path mirror_directory(const std::filesystem::path& mirrors, const GitUrl& url);
// Creates an empty bare repository without hooks or templates when there is none. internal: the disk refuses.
Result<void> prepare_mirror(const std::filesystem::path& mirror);
// Removes what a killed git left behind: *.lock files and half-written packs. Call it under the lock.
void remove_leftovers(const std::filesystem::path& mirror);
// Hash in a loose ref of the mirror, "" when absent.
[[nodiscard]] std::string read_ref(const std::filesystem::path& mirror, const std::string& ref);
// Hash of the ref that the last fetch brought (FETCH_HEAD), "" when absent.
[[nodiscard]] std::string read_fetched(const std::filesystem::path& mirror);

// Held while a mirror is written; readers need none. Released by the destructor, or by the kernel when the
// process dies.
class MirrorLock {
  public:
    // Suspends until the lock is free. unavailable: not within `patience`; internal: the disk refuses.
    static boost::asio::awaitable<Result<MirrorLock>> take(std::filesystem::path mirror,
                                                           std::chrono::milliseconds patience);
    MirrorLock(MirrorLock&& other) noexcept
        : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}
    MirrorLock& operator=(MirrorLock&& other) noexcept {
        std::swap(path_, other.path_);
        std::swap(file_, other.file_);
        return *this;
    }
    // Removes the lock's own file, once the mirror is gone. Still held: who waits for it makes a new one.
    void forget() const;
    ~MirrorLock();

  private:
    MirrorLock(std::string path, int file) : path_(std::move(path)), file_(file) {}
    std::string path_;
    int file_;
};

} // namespace panel::git
