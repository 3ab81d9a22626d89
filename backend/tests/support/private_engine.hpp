#pragma once
// A Docker engine of a test's own: its builds run in control groups that no other test's builds are in, so
// that their limits may be as tight as the test likes. Needs root, dockerd and ip; ask is_possible() first
// and skip aloud. What it made is gone when it goes.

#include "services/docker/engine_client.hpp"
#include "support/run.hpp"
#include "support/small_disk.hpp"
#include "support/temp_directory.hpp"

#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace panel::test {

inline int run_program(const std::vector<std::string>& words, pid_t* detached = nullptr) {
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    char* environment[] = {path, nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int stream : {1, 2})
        posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int failure =
        ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environment);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) return -1;
    if (detached != nullptr) {
        *detached = child;
        return 0;
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class PrivateEngine {
  public:
    static bool is_possible() {
        return ::geteuid() == 0 && std::filesystem::exists("/usr/sbin/dockerd") &&
               run_program({"ip", "link", "show", "lo"}) == 0;
    }

    // `disk_bytes`: what it keeps lies on a disk that holds no more; 0: on the machine's.
    explicit PrivateEngine(std::int64_t disk_bytes = 0)
        : number_(::getpid()), parent_(fmt::format("vps-panel-test-{}", number_)) {
        bridge_ = fmt::format("vpt{}", number_ % 1'000'000);
        const auto network = fmt::format("10.{}.{}.1/24", 200 + number_ % 50, number_ / 50 % 250);
        const bool has_bridge = run_program({"ip", "link", "add", "name", bridge_, "type", "bridge"}) == 0 &&
                                run_program({"ip", "addr", "add", network, "dev", bridge_}) == 0 &&
                                run_program({"ip", "link", "set", bridge_, "up"}) == 0;
        if (!has_bridge) return;
        if (disk_bytes > 0) disk_.emplace(disk_bytes);
        start();
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!runs_ && engine_ != 0 && std::chrono::steady_clock::now() < end) {
            if (::waitpid(engine_, nullptr, WNOHANG) != 0) engine_ = 0; // it has ended
            runs_ = engine_ != 0 && test::run(client.version()).has_value();
            if (!runs_) ::usleep(50'000); // nothing tells when another program has begun to listen
        }
    }

    ~PrivateEngine() {
        if (engine_ != 0) {
            ::kill(engine_, SIGTERM);
            ::waitpid(engine_, nullptr, 0);
        }
        run_program({"ip", "link", "del", bridge_});
        for (const auto* controller : {"memory", "cpu", "cpuacct", "cpuset", "pids", "blkio", "devices",
                                       "freezer", "systemd", "unified", "."}) {
            std::error_code error;
            const auto group = std::filesystem::path("/sys/fs/cgroup") / controller / parent_;
            std::filesystem::remove(group / "buildkit", error); // groups are removed one by one, when empty
            std::filesystem::remove(group, error);
        }
    }
    PrivateEngine(const PrivateEngine&) = delete;
    PrivateEngine& operator=(const PrivateEngine&) = delete;

    // False where the machine does not let a second engine run: inside some containers.
    [[nodiscard]] bool runs() const { return runs_; }
    [[nodiscard]] std::string socket() const { return (directory_.path() / "docker.sock").string(); }
    [[nodiscard]] std::string data_root() const {
        return (disk_ ? disk_->path() : directory_.path() / "root").string();
    }
    [[nodiscard]] const std::string& parent() const { return parent_; }

  private:
    void start() {
        const auto place = [this](const char* name) { return (directory_.path() / name).string(); };
        std::ofstream(place("daemon.json")) << "{}\n";
        if (run_program({"dockerd", "--config-file", place("daemon.json"), "--data-root", data_root(),
                         "--exec-root", place("exec"), "--pidfile", place("pid"), "--host",
                         "unix://" + socket(), "--bridge", bridge_, "--iptables=false", "--ip-masq=false",
                         "--userland-proxy=false", "--cgroup-parent", "/" + parent_},
                        &engine_) != 0)
            engine_ = 0;
    }

    pid_t number_;
    std::string parent_;
    std::string bridge_;
    TempDirectory directory_;
    std::optional<SmallDisk> disk_;
    pid_t engine_ = 0;
    bool runs_ = false;

  public:
    boost::asio::thread_pool pool{2};
    docker::EngineClient client{socket(), pool};
};

} // namespace panel::test
