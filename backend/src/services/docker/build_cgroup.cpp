#include "services/docker/build_cgroup.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

namespace panel::docker {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t period_microseconds = 100'000; // the kernel's own
// Against 1024 and 100 of every other group: while processors are short, a build waits for the apps.
constexpr int build_shares = 256;
constexpr int build_weight = 25;
constexpr std::size_t most_known_steps = 4096;

std::string read_text(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// 0, or why the kernel did not take it.
int write_text(const fs::path& path, const std::string& text) {
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.is_open()) return errno;
    const auto written = ::write(file.get(), text.data(), text.size());
    return written == static_cast<ssize_t>(text.size()) ? 0 : errno;
}

Result<void> must_write(const fs::path& path, const std::string& text) {
    const int failure = write_text(path, text);
    if (failure == 0) return {};
    return fail(Code::unavailable,
                fmt::format("{} cannot be set: {}.", path.string(), std::strerror(failure)));
}

bool has_directory(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

std::string controller_place(const CgroupMounts& mounts, const std::string& name) {
    const auto found = mounts.controllers.find(name);
    return found == mounts.controllers.end() ? std::string() : found->second;
}

// What the new group may be limited by has to be passed on by the groups above it.
void pass_controllers_on(const fs::path& root, const fs::path& directory) {
    auto place = root;
    for (const auto& part : directory.lexically_relative(root)) {
        for (const auto* controller : {"+memory", "+cpu", "+pids"})
            (void)write_text(place / "cgroup.subtree_control", controller);
        place /= part;
    }
}

} // namespace

Result<BuildCgroup> BuildCgroup::open(const CgroupMounts& mounts, int version, Driver driver,
                                      const std::string& parent) {
    BuildCgroup group;
    group.version_ = version;
    group.driver_ = driver;
    Group roots{mounts.unified, mounts.unified, mounts.unified};
    if (version == 1)
        roots = {controller_place(mounts, "memory"), controller_place(mounts, "cpu"),
                 controller_place(mounts, "pids")};
    if (roots.memory.empty())
        return fail(Code::unavailable, "the memory control groups are not mounted on this machine.");
    // runc takes a relative path as relative to the engine's own group (version 1) or to that group's parent
    // (version 2); systemd runs the engine as docker.service.
    auto below = fs::path(parent) / "buildkit";
    if (driver == Driver::systemd) below = version == 1 ? "system.slice/docker.service" : "system.slice";
    const auto place = [&](const fs::path& root) { return root.empty() ? root : root / below; };
    group.group_ = {place(roots.memory), place(roots.cpu), place(roots.pids)};
    if (driver == Driver::systemd) {
        group.step_mark_ = ":docker:";
        if (!has_directory(group.group_.memory))
            return fail(Code::unavailable, fmt::format("there is no {}.", group.group_.memory.string()));
        return group;
    }
    for (const auto& directory : {group.group_.memory, group.group_.cpu, group.group_.pids}) {
        std::error_code error;
        if (!directory.empty()) fs::create_directories(directory, error);
        if (error) return fail(Code::unavailable, fmt::format("{} cannot be made.", directory.string()));
    }
    if (version == 2) pass_controllers_on(roots.memory, group.group_.memory);
    return group;
}

Result<void> BuildCgroup::limit(const BuildLimits& limits) {
    limits_ = limits;
    if (driver_ == Driver::cgroupfs) {
        if (auto capped = cap(group_); !capped) return capped;
    } else {
        capped_.clear();
        for (const auto& step : step_groups())
            if (cap(step)) capped_[step.memory] = true;
    }
    watch_kills();
    return {};
}

Result<void> BuildCgroup::cap(const Group& group) const {
    if (auto done = cap_memory(group.memory); !done) return done;
    if (auto done = cap_cpu(group.cpu); !done) return done;
    if (group.pids.empty()) return {};
    return must_write(group.pids / "pids.max",
                      limits_.processes > 0 ? std::to_string(limits_.processes) : "max");
}

Result<void> BuildCgroup::cap_memory(const fs::path& directory) const {
    const bool is_limited = limits_.memory_bytes > 0;
    if (version_ == 2) {
        // No swap on top: a build ends instead of dragging the server along.
        (void)write_text(directory / "memory.swap.max", is_limited ? "0" : "max");
        return must_write(directory / "memory.max",
                          is_limited ? std::to_string(limits_.memory_bytes) : "max");
    }
    // Memory and swap together must never be below memory alone.
    (void)write_text(directory / "memory.memsw.limit_in_bytes", "-1");
    const auto limit = is_limited ? std::to_string(limits_.memory_bytes) : "-1";
    if (auto set = must_write(directory / "memory.limit_in_bytes", limit); !set) return set;
    (void)write_text(directory / "memory.memsw.limit_in_bytes", limit);
    return {};
}

Result<void> BuildCgroup::cap_cpu(const fs::path& directory) const {
    if (directory.empty()) return {};
    const auto quota = std::llround(limits_.cpus * period_microseconds);
    if (version_ == 2) {
        (void)write_text(directory / "cpu.weight", std::to_string(build_weight));
        const auto first = quota > 0 ? std::to_string(quota) : "max";
        return must_write(directory / "cpu.max", fmt::format("{} {}", first, period_microseconds));
    }
    (void)write_text(directory / "cpu.shares", std::to_string(build_shares));
    return must_write(directory / "cpu.cfs_quota_us", quota > 0 ? std::to_string(quota) : "-1");
}

std::vector<BuildCgroup::Group> BuildCgroup::step_groups() const {
    std::vector<Group> groups;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(group_.memory, error)) {
        const auto name = entry.path().filename();
        if (name.string().find(step_mark_) == std::string::npos) continue;
        const auto beside = [&](const fs::path& place) { return place.empty() ? place : place / name; };
        groups.push_back({entry.path(), beside(group_.cpu), beside(group_.pids)});
    }
    return groups;
}

std::int64_t BuildCgroup::held_memory(const Group& group) const {
    const auto stat = read_text(group.memory / "memory.stat");
    const auto amount = [&](const char* name) { return parse_amount(read_text(group.memory / name)); };
    if (version_ == 2) return held_memory_v2(stat, amount("memory.current"));
    return held_memory_v1(stat, amount("memory.usage_in_bytes"), amount("memory.kmem.usage_in_bytes"));
}

BuildMemory BuildCgroup::read() {
    BuildMemory memory;
    if (driver_ == Driver::cgroupfs) {
        memory.held_bytes = held_memory(group_);
    } else {
        if (capped_.size() > most_known_steps) capped_.clear();
        for (const auto& step : step_groups()) {
            if (!capped_.contains(step.memory) && cap(step)) capped_[step.memory] = true;
            memory.held_bytes += held_memory(step);
        }
    }
    memory.oom_kills = kills();
    return memory;
}

// Version 2 counts what happened anywhere below a group. Version 1 counts in the group of the step alone,
// which is gone when the step has failed; there the kernel tells whoever asked to be told
// (cgroup.event_control).
void BuildCgroup::watch_kills() {
    if (version_ == 2 || kill_events_.is_open()) return;
    FileDescriptor control(::open((group_.memory / "memory.oom_control").c_str(), O_RDONLY | O_CLOEXEC));
    FileDescriptor events(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!control.is_open() || !events.is_open()) return;
    const auto request = fmt::format("{} {}", events.get(), control.get());
    if (write_text(group_.memory / "cgroup.event_control", request) == 0) kill_events_ = std::move(events);
}

std::int64_t BuildCgroup::kills() {
    if (version_ == 2) {
        const auto counts = parse_counts(read_text(group_.memory / "memory.events"));
        const auto found = counts.find("oom_kill");
        kills_ = found == counts.end() ? 0 : found->second;
    } else if (kill_events_.is_open()) {
        std::uint64_t since = 0;
        if (::read(kill_events_.get(), &since, sizeof since) == sizeof since)
            kills_ += static_cast<std::int64_t>(since);
    }
    return kills_;
}

} // namespace panel::docker
