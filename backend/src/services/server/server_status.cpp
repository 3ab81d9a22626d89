#include "services/server/server_status.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <thread>

namespace panel::server {

namespace {

constexpr std::chrono::milliseconds least_interval{1'000};
constexpr double disk_warning_share = 0.9;
constexpr double memory_warning_share = 0.92;

std::string read_file(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The number after `name:` in bytes; /proc/meminfo counts in KiB.
std::optional<std::int64_t> meminfo_bytes(std::string_view text, std::string_view name) {
    auto at = text.find(std::string(name) + ":");
    if (at == std::string_view::npos) return std::nullopt;
    at = text.find_first_of("0123456789", at + name.size());
    if (at == std::string_view::npos) return std::nullopt;
    std::int64_t kibibytes = 0;
    if (std::from_chars(text.data() + at, text.data() + text.size(), kibibytes).ec != std::errc{})
        return std::nullopt;
    return kibibytes * 1024;
}

} // namespace

std::optional<CpuTimes> parse_cpu_times(std::string_view stat) {
    // cpu  user nice system idle iowait irq softirq steal guest guest_nice: the last two are part of the
    // first two.
    if (!stat.starts_with("cpu ")) return std::nullopt;
    auto line = stat.substr(0, stat.find('\n'));
    std::array<std::int64_t, 8> fields{};
    std::size_t position = 4;
    for (auto& field : fields) {
        position = line.find_first_not_of(' ', position);
        if (position == std::string_view::npos) return std::nullopt;
        const auto [end, failure] = std::from_chars(line.data() + position, line.data() + line.size(), field);
        if (failure != std::errc{}) return std::nullopt;
        position = static_cast<std::size_t>(end - line.data());
    }
    CpuTimes out;
    for (const auto field : fields) out.total += field;
    out.busy = out.total - fields[3] - fields[4];
    return out;
}

std::optional<MemoryUse> parse_memory(std::string_view meminfo) {
    const auto total = meminfo_bytes(meminfo, "MemTotal");
    const auto available = meminfo_bytes(meminfo, "MemAvailable");
    if (!total || !available) return std::nullopt;
    return MemoryUse{*total, *available};
}

std::optional<MemoryUse> read_memory() { return parse_memory(read_file("/proc/meminfo")); }

std::vector<std::string> warnings_of(const ServerStatus& status) {
    std::vector<std::string> out;
    const auto share = [](std::int64_t used, std::int64_t total) {
        return total > 0 ? static_cast<double>(used) / static_cast<double>(total) : 0.0;
    };
    if (const auto disk = share(status.disk_used_bytes, status.disk_total_bytes); disk >= disk_warning_share)
        out.push_back(
            fmt::format("The disk is {:.0f}% full: builds will soon fail for lack of space.", disk * 100));
    if (const auto memory = share(status.memory_used_bytes, status.memory_total_bytes);
        memory >= memory_warning_share)
        out.push_back(fmt::format(
            "{:.0f}% of the memory is in use: the next build may be stopped for lack of it.", memory * 100));
    return out;
}

ServerStatusReader::ServerStatusReader(const Clock& clock, std::filesystem::path data_directory,
                                       Warnings more)
    : clock_(clock), data_directory_(std::move(data_directory)), more_(std::move(more)) {}

void ServerStatusReader::read_cpu(ServerStatus& out) {
    const auto now = clock_.now();
    if (!previous_at_ || now - *previous_at_ >= least_interval || now < *previous_at_) {
        const auto times = parse_cpu_times(read_file("/proc/stat")).value_or(previous_);
        const auto total = times.total - previous_.total;
        // The first reading counts from the machine's start: an average is better than a made-up zero.
        if (total > 0)
            cpu_percent_ =
                100.0 * static_cast<double>(times.busy - previous_.busy) / static_cast<double>(total);
        previous_ = times;
        previous_at_ = now;
    }
    out.cpu_percent = std::clamp(cpu_percent_, 0.0, 100.0);
    out.cpu_percent = std::round(out.cpu_percent * 10) / 10;
    out.cpu_count = static_cast<int>(std::thread::hardware_concurrency());
}

void ServerStatusReader::read_disk(ServerStatus& out) const {
    struct statvfs disk{};
    if (::statvfs(data_directory_.c_str(), &disk) != 0) return;
    const auto block = static_cast<std::int64_t>(disk.f_frsize);
    // As df does: what is kept for root counts as used.
    out.disk_total_bytes = block * static_cast<std::int64_t>(disk.f_blocks);
    out.disk_used_bytes = out.disk_total_bytes - block * static_cast<std::int64_t>(disk.f_bavail);
}

ServerStatus ServerStatusReader::read() {
    ServerStatus out;
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) == 0) out.hostname = name.data();
    read_cpu(out);
    if (const auto memory = read_memory()) {
        out.memory_total_bytes = memory->total_bytes;
        out.memory_used_bytes = memory->total_bytes - memory->available_bytes;
    }
    read_disk(out);
    out.warnings = warnings_of(out);
    if (more_) std::ranges::copy(more_(), std::back_inserter(out.warnings));
    return out;
}

} // namespace panel::server
