#include "services/caddy/durable_file.hpp"

#include "base/crash_point.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

namespace panel::caddy {
namespace {

std::unexpected<Error> fail_file(std::string_view action, const std::filesystem::path& path) {
    const int reason = errno;
    spdlog::error("cannot {} {}: {}", action, path.native(), std::strerror(reason));
    return fail(Code::internal, reason == ENOSPC
                                    ? "The disk of the server is full."
                                    : "A file of the server's data directory cannot be written.");
}

bool write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const auto count = ::write(file, content.data(), content.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

std::filesystem::path temporary_of(const std::filesystem::path& path) {
    return path.parent_path() / fmt::format(".{}.tmp", path.filename().native());
}

} // namespace

Result<void> replace_file(const std::filesystem::path& path, std::string_view content) {
    const auto temporary = temporary_of(path);
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0) return fail_file("create", temporary);
    const bool is_written = write_all(file, content);
    if (!is_written) {
        auto failure = fail_file("write", temporary);
        ::close(file);
        ::unlink(temporary.c_str());
        return failure;
    }
    ::close(file);
    CRASH_POINT("caddy.file.written");
    if (std::rename(temporary.c_str(), path.c_str()) != 0) return fail_file("rename", temporary);
    return {};
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::ostringstream content;
    content << file.rdbuf();
    return std::move(content).str();
}

Result<void> remove_file(const std::filesystem::path& path) {
    ::unlink(temporary_of(path).c_str()); // a process that was killed while it wrote may have left it
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail_file("remove", path);
    return {};
}

Result<void> sync_directory(const std::filesystem::path& directory) {
    const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return fail_file("open", directory);
    const bool is_synced = ::fsync(file) == 0;
    ::close(file);
    return is_synced ? Result<void>{} : fail_file("sync", directory);
}

} // namespace panel::caddy
