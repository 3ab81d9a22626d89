#pragma once
// Reads the files of control groups, version 1 and 2 (kernel documentation admin-guide/cgroup-v1/memory.rst
// and admin-guide/cgroup-v2.rst; proc(5) for mountinfo). Pure, any thread.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace panel::docker {

struct CgroupMounts {
    std::string unified;                            // version 2; "" when it is not mounted
    std::map<std::string, std::string> controllers; // version 1: "memory" -> "/sys/fs/cgroup/memory"
};

// Of the text of /proc/self/mountinfo.
[[nodiscard]] CgroupMounts parse_cgroup_mounts(std::string_view mountinfo);

// "oom_kill 3" a line: memory.stat, memory.events, memory.oom_control. What is no number is left out.
[[nodiscard]] std::map<std::string, std::int64_t, std::less<>> parse_counts(std::string_view text);

// One number and a line end; "max" and what does not fit are the largest number.
[[nodiscard]] std::optional<std::int64_t> parse_amount(std::string_view text);

// Memory that cannot be given back without ending a program: what a limit is reached by. Page cache is left
// out: it fills whatever there is. The kernel brings `stat` (memory.stat, with all below) up to date at its
// leisure, up to 2 s late (mem_cgroup_flush_stats, Linux 5.14 and later); `usage` (memory.usage_in_bytes,
// memory.current) and `kernel` (memory.kmem.usage_in_bytes) are exact at once. So what is used and neither
// cache nor the kernel's own as far as known counts as held; nullopt: not told, `stat` alone counts.
[[nodiscard]] std::int64_t held_memory_v1(std::string_view stat, std::optional<std::int64_t> usage = {},
                                          std::optional<std::int64_t> kernel = {});
[[nodiscard]] std::int64_t held_memory_v2(std::string_view stat, std::optional<std::int64_t> usage = {});

} // namespace panel::docker
