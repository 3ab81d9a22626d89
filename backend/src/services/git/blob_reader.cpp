#include "services/git/blob_reader.hpp"

#include "models/git_ref.hpp"
#include "services/git/blob_stream.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace panel::git {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t line_limit = 1024;

class BatchReader final : public BlobReader {
  public:
    BatchReader(pid_t pid, int socket, std::chrono::milliseconds deadline)
        : pid_(pid), socket_(socket), deadline_(deadline) {}
    BatchReader(const BatchReader&) = delete;
    BatchReader& operator=(const BatchReader&) = delete;
    ~BatchReader() override {
        ::close(socket_);
        ::kill(-pid_, SIGKILL);
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }

    std::optional<std::string> read(const std::string& hash, std::int64_t limit_bytes) override {
        if (is_broken_ || !is_commit_hash(hash)) return std::nullopt;
        end_ = Clock::now() + deadline_;
        auto content = exchange(hash, limit_bytes);
        return content;
    }

  private:
    std::optional<std::string> exchange(const std::string& hash, std::int64_t limit_bytes) {
        std::string line;
        if (!send(hash + "\n") || !receive_line(line)) return give_up();
        const auto header = parse_batch_header(line);
        if (!header) return std::nullopt; // missing: the batch goes on
        if (header->size > limit_bytes || header->type != "blob") return skip(header->size + 1);
        const auto size = static_cast<std::size_t>(header->size);
        while (buffer_.size() < size + 1) {
            if (!fill()) return give_up();
        }
        auto content = buffer_.substr(0, size);
        buffer_.erase(0, size + 1);
        return content;
    }

    // After a deadline or an end of the stream, answers could no longer be told apart.
    std::optional<std::string> give_up() {
        is_broken_ = true;
        return std::nullopt;
    }

    std::optional<std::string> skip(std::int64_t bytes) {
        while (bytes > 0) {
            if (buffer_.empty() && !fill()) return give_up();
            const auto count = std::min(bytes, static_cast<std::int64_t>(buffer_.size()));
            buffer_.erase(0, static_cast<std::size_t>(count));
            bytes -= count;
        }
        return std::nullopt;
    }

    bool receive_line(std::string& line) {
        for (;;) {
            const auto end = buffer_.find('\n');
            if (end != std::string::npos) {
                line = buffer_.substr(0, end);
                buffer_.erase(0, end + 1);
                return true;
            }
            if (buffer_.size() > line_limit || !fill()) return false;
        }
    }

    bool wait_for(short events) {
        for (;;) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now()).count();
            if (left <= 0) return false;
            pollfd file{socket_, events, 0};
            const int ready = ::poll(&file, 1, static_cast<int>(left));
            if (ready > 0) return true;
            if (ready == 0 || errno != EINTR) return false;
        }
    }

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            if (!wait_for(POLLOUT)) return false;
            const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
            if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

    bool fill() {
        std::array<char, 64 * 1024> bytes; // NOLINT: filled by recv
        for (;;) {
            if (!wait_for(POLLIN)) return false;
            const auto count = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
            if (count <= 0) return false;
            buffer_.append(bytes.data(), static_cast<std::size_t>(count));
            return true;
        }
    }

    pid_t pid_;
    int socket_; // both directions: a socket can be written without SIGPIPE on any thread
    std::chrono::milliseconds deadline_;
    Clock::time_point end_;
    std::string buffer_;
    bool is_broken_ = false;
};

// An own process group, every signal at its default, no descriptor but the socket and /dev/null.
int spawn(const net::ProcessSpec& spec, int socket, pid_t& pid) {
    auto arguments = spec.argv;
    std::vector<std::string> environment;
    environment.reserve(spec.environment.size());
    for (const auto& [name, value] : spec.environment) environment.push_back(name + "=" + value);
    const auto pointers = [](std::vector<std::string>& texts) {
        std::vector<char*> list;
        list.reserve(texts.size() + 1);
        for (auto& text : texts) list.push_back(text.data());
        list.push_back(nullptr);
        return list;
    };
    auto argv = pointers(arguments);
    auto envp = pointers(environment);
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&files, socket, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, socket, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    posix_spawn_file_actions_addchdir_np(&files, "/");
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    const int error = ::posix_spawnp(&pid, argv.front(), &files, &attributes, argv.data(), envp.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

} // namespace

Result<std::unique_ptr<BlobReader>> make_blob_reader(const GitCommand& command,
                                                     std::chrono::milliseconds read_deadline) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail(Code::unavailable, "Too many files are open.");
    pid_t pid = 0;
    const int error = spawn(command.build(read_deadline), ends[1], pid);
    ::close(ends[1]);
    if (error != 0) {
        ::close(ends[0]);
        return fail(Code::unavailable, "The git program cannot be started.");
    }
    return std::make_unique<BatchReader>(pid, ends[0], read_deadline);
}

} // namespace panel::git
