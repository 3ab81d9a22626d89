#pragma once
// A real Caddy for tests, in a directory of its own, with its admin interface on a unix socket there. What it
// logs is read by a thread, so that a test can wait for a line and count lines. Killed by the destructor.

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace panel::test {

[[nodiscard]] std::uint16_t free_port();

class CaddyProgram {
  public:
    // Writes <directory>/Caddyfile, which imports <directory>/files/*.caddy, and starts Caddy with it.
    explicit CaddyProgram(std::filesystem::path directory);
    ~CaddyProgram();
    CaddyProgram(const CaddyProgram&) = delete;
    CaddyProgram& operator=(const CaddyProgram&) = delete;

    void start(); // returns when Caddy serves
    void kill();
    [[nodiscard]] std::size_t count_lines(const std::string& part);
    bool wait_for_lines(const std::string& part, std::size_t count); // at least so many
    [[nodiscard]] std::filesystem::path caddyfile() const { return directory_ / "Caddyfile"; }
    [[nodiscard]] std::filesystem::path socket() const { return directory_ / "admin.sock"; }
    [[nodiscard]] std::filesystem::path site_files() const { return directory_ / "files"; }

  private:
    void read_log(int file);

    std::filesystem::path directory_;
    pid_t pid_ = -1;
    std::thread reader_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
    bool has_ended_ = false;
};

} // namespace panel::test
