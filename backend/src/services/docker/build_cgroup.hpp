#pragma once
// The control group that the steps of builds run in, on this machine. Engines of all versions ignore what a
// build asks for by `cgroupparent` (BuildKit behind POST /build?version=2), so the group itself gets the
// limits:
//   - cgroupfs driver: all steps run below <parent>/buildkit, which is capped as a whole;
//   - systemd driver: each step is a group of its own, "<slice>:docker:<id>"; each is capped when it is seen.
// Version 1 and 2 of control groups. Made by BuildLimiter. Blocks on small files: pool threads only.

#include "base/result.hpp"
#include "services/docker/cgroup_text.hpp"
#include "services/docker/file_descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace panel::docker {

// Of all builds together; with the systemd driver, of each step. 0: no limit.
struct BuildLimits {
    std::int64_t memory_bytes = 0;
    double cpus = 0;
    std::int64_t processes = 0;
};

struct BuildMemory {
    std::int64_t held_bytes = 0; // now, without page cache
    std::int64_t oom_kills = 0;  // so far: two readings say whether the limit ended a program in between
};

class BuildCgroup {
  public:
    enum class Driver { cgroupfs, systemd };

    // `parent` is the engine's --cgroup-parent. Errors: unavailable, when there are no control groups to
    // write to; the message says what is missing.
    static Result<BuildCgroup> open(const CgroupMounts& mounts, int version, Driver driver,
                                    const std::string& parent);

    // Writes the limits, making the group before the engine does. Errors: unavailable, with the kernel's
    // word.
    Result<void> limit(const BuildLimits& limits);
    // With the systemd driver it also caps steps that have begun since.
    BuildMemory read();

  private:
    struct Group { // directories of one group; the same one three times with version 2
        std::filesystem::path memory, cpu, pids;
    };
    BuildCgroup() = default;
    [[nodiscard]] Result<void> cap(const Group& group) const;
    [[nodiscard]] Result<void> cap_memory(const std::filesystem::path& directory) const;
    [[nodiscard]] Result<void> cap_cpu(const std::filesystem::path& directory) const;
    [[nodiscard]] std::vector<Group> step_groups() const;
    [[nodiscard]] std::int64_t held_memory(const Group& group) const;
    [[nodiscard]] std::int64_t kills();
    void watch_kills();

    int version_ = 2;
    Driver driver_ = Driver::cgroupfs;
    Group group_;           // of all builds; with the systemd driver, where the groups of the steps appear
    std::string step_mark_; // part of the name of a step's group
    BuildLimits limits_;
    std::map<std::filesystem::path, bool> capped_; // steps' groups
    FileDescriptor kill_events_;                   // version 1: counts, where memory.oom_control does not
    std::int64_t kills_ = 0;
};

} // namespace panel::docker
