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
// out: it fills whatever there is.
[[nodiscard]] std::int64_t held_memory_v1(std::string_view stat); // of memory.stat, with all below
[[nodiscard]] std::int64_t held_memory_v2(std::string_view stat);

} // namespace panel::docker
