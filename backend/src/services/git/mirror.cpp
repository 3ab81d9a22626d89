#include "services/git/mirror.hpp"

#include "base/deadline.hpp"
#include "crypto/digest.hpp"
#include "models/git_ref.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <vector>

namespace panel::git {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds lock_interval{20}; // flock has no way to be awaited

std::unexpected<Error> fail_disk(const fs::path& path, std::string_view reason) {
    spdlog::error("git mirror {}: {}", path.native(), reason);
    return fail(Code::internal, "The copy of the repository cannot be written.");
}

bool write_text(const fs::path& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    return !file.fail();
}

std::string first_word(const fs::path& path) {
    std::ifstream file(path);
    std::string word;
    file >> word;
    return is_commit_hash(word) ? word : std::string();
}

// Whoever held the lock before may have removed its file: then this one locks nothing.
bool is_file_at(int file, const std::string& path) {
    struct stat held{};
    struct stat there{};
    return ::fstat(file, &held) == 0 && ::lstat(path.c_str(), &there) == 0 && held.st_dev == there.st_dev &&
           held.st_ino == there.st_ino;
}

} // namespace

fs::path mirror_directory(const fs::path& mirrors, const GitUrl& url) {
    return mirrors / (crypto::sha256_hex(url.value()) + ".git");
}

Result<void> prepare_mirror(const fs::path& mirror) {
    std::error_code error;
    for (const auto* folder : {"objects/info", "objects/pack", "refs/heads", "refs/commits"}) {
        fs::create_directories(mirror / folder, error);
        if (error) return fail_disk(mirror, error.message());
    }
    // HEAD comes last: git takes a directory without it for no repository.
    if (fs::exists(mirror / "HEAD", error)) return {};
    const bool is_written =
        write_text(mirror / "config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n") &&
        write_text(mirror / "HEAD", "ref: refs/heads/none\n");
    return is_written ? Result<void>{} : Result<void>(fail_disk(mirror, "cannot be created"));
}

void remove_leftovers(const fs::path& mirror) {
    std::error_code error;
    std::vector<fs::path> leftovers;
    const auto note = [&](const fs::path& path) {
        const auto name = path.filename().native();
        if (name.ends_with(".lock") || name.starts_with("tmp_")) leftovers.push_back(path);
    };
    for (const auto* folder : {"", "objects/pack", "objects/info"}) {
        for (fs::directory_iterator entry(mirror / folder, error), end; !error && entry != end;
             entry.increment(error))
            note(entry->path());
    }
    for (fs::recursive_directory_iterator entry(mirror / "refs", error), end; !error && entry != end;
         entry.increment(error))
        note(entry->path());
    for (fs::directory_iterator entry(mirror / "objects", error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().filename().native().starts_with("tmp_"))
            leftovers.push_back(entry->path()); // tmp_objdir-incoming-...
    }
    for (const auto& path : leftovers) fs::remove_all(path, error);
}

std::string read_ref(const fs::path& mirror, const std::string& ref) { return first_word(mirror / ref); }

std::string read_fetched(const fs::path& mirror) { return first_word(mirror / "FETCH_HEAD"); }

asio::awaitable<Result<MirrorLock>> MirrorLock::take(fs::path mirror, std::chrono::milliseconds patience) {
    std::error_code error;
    fs::create_directories(mirror.parent_path(), error);
    const auto path = mirror.native() + ".lock";
    const auto end = std::chrono::steady_clock::now() + patience;
    while (true) {
        MirrorLock lock(path, ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (lock.file_ < 0)
            co_return fail_disk(path, std::error_code(errno, std::generic_category()).message());
        while (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
            if (std::chrono::steady_clock::now() >= end)
                co_return fail(Code::unavailable, "Another deployment is still fetching this repository.");
            co_await sleep_for(lock_interval);
        }
        if (is_file_at(lock.file_, path)) co_return lock;
    }
}

void MirrorLock::forget() const { ::unlink(path_.c_str()); }

MirrorLock::~MirrorLock() {
    if (file_ >= 0) ::close(file_);
}

} // namespace panel::git
