#include "net/child.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace panel::net {

namespace asio = boost::asio;

namespace {

class Descriptor {
  public:
    explicit Descriptor(int value = -1) : value_(value) {}
    Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    [[nodiscard]] int get() const { return value_; }
    int release() { return std::exchange(value_, -1); }

  private:
    int value_;
};

struct Pipe {
    Descriptor read, write;
};

// Out of descriptors is an environment that broke: an exception. Numbers below 3 would be overwritten by the
// child's own three.
Descriptor above_standard(int value) {
    Descriptor given(value);
    if (value >= 3) return given;
    Descriptor moved(::fcntl(value, F_DUPFD_CLOEXEC, 3));
    if (moved.get() < 0) throw std::system_error(errno, std::generic_category(), "fcntl");
    return moved;
}

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    Descriptor write(ends[1]);
    auto read = above_standard(ends[0]);
    return {std::move(read), above_standard(write.release())};
}

struct Actions {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    Actions() {
        posix_spawn_file_actions_init(&files);
        posix_spawnattr_init(&attributes);
    }
    ~Actions() {
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&files);
    }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;

    void place(int source, int target, int flags) {
        if (source >= 0) {
            posix_spawn_file_actions_adddup2(&files, source, target);
        } else {
            posix_spawn_file_actions_addopen(&files, target, "/dev/null", flags, 0);
        }
    }
    // Own group, every signal back to its default and unblocked, nothing inherited.
    void isolate(const std::string& directory) {
        posix_spawn_file_actions_addclosefrom_np(&files, 3);
        posix_spawn_file_actions_addchdir_np(&files, directory.c_str());
        sigset_t all, none;
        sigfillset(&all);
        sigemptyset(&none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes,
                                 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
};

// "" when there is none.
std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return name;
    for (const char* folder : {"/usr/local/bin/", "/usr/bin/", "/bin/"}) {
        auto path = folder + name;
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    return {};
}

bool is_passable(const ProcessSpec& spec) {
    const auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
    const auto is_bad = [&](const auto& variable) {
        return variable.first.empty() || variable.first.find('=') != std::string::npos ||
               has_nul(variable.first) || has_nul(variable.second);
    };
    return !spec.argv.empty() && !spec.argv.front().empty() && !has_nul(spec.working_directory) &&
           std::ranges::none_of(spec.argv, has_nul) && std::ranges::none_of(spec.environment, is_bad);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (auto& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

Result<pid_t> spawn(const ProcessSpec& spec, int input, int output, int errors) {
    const auto path = find_program(spec.argv.front());
    if (path.empty()) return fail(Code::unavailable, "A program that this needs is not installed.");
    Actions actions;
    actions.place(input, STDIN_FILENO, O_RDONLY);
    actions.place(output, STDOUT_FILENO, O_WRONLY);
    actions.place(errors, STDERR_FILENO, O_WRONLY);
    actions.isolate(spec.working_directory);
    auto arguments = spec.argv;
    std::vector<std::string> environment;
    environment.reserve(spec.environment.size());
    for (const auto& [name, value] : spec.environment) environment.push_back(name + "=" + value);
    auto argv = pointers(arguments);
    auto envp = pointers(environment);
    pid_t pid = 0;
    const int error =
        ::posix_spawn(&pid, path.c_str(), &actions.files, &actions.attributes, argv.data(), envp.data());
    if (error == 0) return pid;
    spdlog::warn("cannot start {}: {}", path, std::generic_category().message(error));
    return fail(Code::unavailable, "A program that this needs cannot be started.");
}

void ignore_broken_pipes() {
    static const auto before = std::signal(SIGPIPE, SIG_IGN);
    static_cast<void>(before);
}

std::optional<siginfo_t> try_reap(pid_t pid) {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0)
        return std::nullopt;
    return info;
}

} // namespace

Result<std::unique_ptr<Child>> Child::start(const asio::any_io_executor& executor, const ProcessSpec& spec,
                                            Input input, Errors errors) {
    if (!is_passable(spec)) return fail(Code::invalid, "A program cannot be given these arguments.");
    ignore_broken_pipes();
    Pipe to_input, from_output = make_pipe(), from_errors;
    if (input == Input::pipe) to_input = make_pipe();
    if (errors == Errors::pipe) from_errors = make_pipe();
    const auto pid = spawn(spec, to_input.read.get(), from_output.write.get(), from_errors.write.get());
    if (!pid) return std::unexpected(pid.error());
    std::unique_ptr<Child> child(new Child(executor, *pid));
    child->output.emplace(executor, from_output.read.release());
    if (input == Input::pipe) child->input.emplace(executor, to_input.write.release());
    if (errors == Errors::pipe) child->errors.emplace(executor, from_errors.read.release());
    return child;
}

Child::Child(const asio::any_io_executor& executor, pid_t pid) : pid_(pid), pidfd_(executor) {
    const int descriptor =
        static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); // glibc 2.36's header is not for C++
    if (descriptor < 0) {
        const int error = errno;
        ::kill(-pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        throw std::system_error(error, std::generic_category(), "pidfd_open");
    }
    pidfd_.assign(descriptor);
}

Child::~Child() {
    if (reaped_) return;
    signal_group(SIGKILL);
    if (try_reap(pid_)) return;
    auto pidfd = std::make_shared<asio::posix::stream_descriptor>(
        std::move(pidfd_)); // lives until the kernel has ended the child
    pidfd->async_wait(asio::posix::stream_descriptor::wait_read,
                      [pidfd, pid = pid_](const boost::system::error_code&) { try_reap(pid); });
}

void Child::signal_group(int signal) {
    if (!reaped_) ::kill(-pid_, signal);
}

asio::awaitable<bool> Child::wait() {
    const auto tuple = asio::as_tuple(asio::use_awaitable);
    const auto [error] = co_await pidfd_.async_wait(asio::posix::stream_descriptor::wait_read, tuple);
    co_return !error;
}

int Child::reap() {
    signal_group(SIGKILL); // before reaping: afterwards the group's id may belong to a stranger
    const auto info = try_reap(pid_);
    if (!info) return 128 + SIGKILL; // not ended yet, see the destructor
    reaped_ = true;
    return info->si_code == CLD_EXITED ? info->si_status : 128 + info->si_status;
}

} // namespace panel::net
