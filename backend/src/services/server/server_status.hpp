#pragma once
// What this machine has and uses: processors, memory, the disk that holds the data directory. Read from /proc
// and statvfs (proc(5), statvfs(3)): quick enough for the loop thread, never suspends. Owned by App.

#include "base/clock.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel::server {

struct ServerStatus {
    std::string hostname;
    double cpu_percent = 0; // of all processors together, since the previous reading; 0 to 100
    int cpu_count = 0;
    std::int64_t memory_used_bytes = 0; // what is not available to programs
    std::int64_t memory_total_bytes = 0;
    std::int64_t disk_used_bytes = 0;
    std::int64_t disk_total_bytes = 0;
    std::vector<std::string> warnings; // plain sentences
};

struct CpuTimes {
    std::int64_t busy = 0; // ticks
    std::int64_t total = 0;
};
// Of the text of /proc/stat; nullopt when it is not understood.
[[nodiscard]] std::optional<CpuTimes> parse_cpu_times(std::string_view stat);

struct MemoryUse {
    std::int64_t total_bytes = 0;
    std::int64_t available_bytes = 0;
};
// Of the text of /proc/meminfo.
[[nodiscard]] std::optional<MemoryUse> parse_memory(std::string_view meminfo);
[[nodiscard]] std::optional<MemoryUse> read_memory(); // of this machine, now

// What an administrator should know, in plain sentences.
[[nodiscard]] std::vector<std::string> warnings_of(const ServerStatus& status);

class ServerStatusReader {
  public:
    using Warnings = std::function<std::vector<std::string>()>;
    // `more`: what others of this process want an administrator to know.
    ServerStatusReader(const Clock& clock, std::filesystem::path data_directory, Warnings more = {});

    // Readings less than a second apart share one CPU figure: two of them would say nothing about the time
    // between.
    [[nodiscard]] ServerStatus read();

  private:
    void read_cpu(ServerStatus& out);
    void read_disk(ServerStatus& out) const;

    const Clock& clock_;
    std::filesystem::path data_directory_;
    Warnings more_;
    CpuTimes previous_;
    std::optional<Timestamp> previous_at_;
    double cpu_percent_ = 0;
};

} // namespace panel::server
