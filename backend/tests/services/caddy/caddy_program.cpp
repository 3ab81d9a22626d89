#include "services/caddy/caddy_program.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace panel::test {

std::uint16_t free_port() {
    const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(file, reinterpret_cast<sockaddr*>(&address), length) != 0)
        throw std::runtime_error("no free port");
    ::getsockname(file, reinterpret_cast<sockaddr*>(&address), &length);
    ::close(file);
    return ntohs(address.sin_port);
}

CaddyProgram::CaddyProgram(std::filesystem::path directory) : directory_(std::move(directory)) {
    for (const auto* name : {"files", "slots", "static", "log"})
        std::filesystem::create_directories(directory_ / name);
    std::ofstream(caddyfile()) << "{\n\tadmin unix/" << socket().native() << " {\n\t\torigins localhost\n\t}"
                               << "\n\tauto_https off\n\tgrace_period 2s\n}\nimport " << site_files().native()
                               << "/*.caddy\n";
    start();
}

CaddyProgram::~CaddyProgram() { kill(); }

void CaddyProgram::start() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDERR_FILENO);
    std::vector<std::string> arguments = {"caddy", "run", "--config", caddyfile().native()};
    std::vector<std::string> environment = {
        "HOME=" + directory_.native(), "XDG_DATA_HOME=" + directory_.native(),
        "XDG_CONFIG_HOME=" + directory_.native(), "CANARY=canary-of-the-environment"};
    std::vector<char*> argv;
    std::vector<char*> envp;
    for (auto& text : arguments) argv.push_back(text.data());
    for (auto& text : environment) envp.push_back(text.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    const int error = ::posix_spawnp(&pid_, "caddy", &files, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&files);
    ::close(ends[1]);
    if (error != 0) throw std::runtime_error("caddy cannot be started");
    has_ended_ = false;
    lines_.clear();
    reader_ = std::thread(&CaddyProgram::read_log, this, ends[0]);
    std::unique_lock lock(mutex_);
    const auto is_serving = [this] {
        return has_ended_ || std::ranges::any_of(lines_, [](const std::string& line) {
                   return line.contains("serving initial configuration");
               });
    };
    const bool is_ready = changed_.wait_for(lock, std::chrono::seconds{30}, is_serving) && !has_ended_;
    if (!is_ready) throw std::runtime_error("caddy did not start: " + (lines_.empty() ? "" : lines_.back()));
}

void CaddyProgram::kill() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
    if (reader_.joinable()) reader_.join();
}

std::size_t CaddyProgram::count_lines(const std::string& part) {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(
        std::ranges::count_if(lines_, [&](const std::string& line) { return line.contains(part); }));
}

bool CaddyProgram::wait_for_lines(const std::string& part, std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20}, [&] {
        return static_cast<std::size_t>(std::ranges::count_if(
                   lines_, [&](const std::string& line) { return line.contains(part); })) >= count;
    });
}

void CaddyProgram::read_log(int file) {
    std::string rest;
    std::array<char, 4096> bytes{};
    for (;;) {
        const auto count = ::read(file, bytes.data(), bytes.size());
        const std::scoped_lock lock(mutex_);
        if (count <= 0) break;
        rest.append(bytes.data(), static_cast<std::size_t>(count));
        for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
            lines_.push_back(rest.substr(0, end));
            rest.erase(0, end + 1);
        }
        changed_.notify_all();
    }
    ::close(file);
    const std::scoped_lock lock(mutex_);
    has_ended_ = true;
    changed_.notify_all();
}

} // namespace panel::test
