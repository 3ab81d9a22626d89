#include "services/docker/cgroup_text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

namespace panel::docker {

namespace {

std::string_view next_line(std::string_view& text) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0) parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

using Counts = std::map<std::string, std::int64_t, std::less<>>;

std::int64_t count_of(const Counts& counts, std::string_view name) {
    const auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
}

std::int64_t held(std::int64_t told, std::optional<std::int64_t> usage, std::int64_t returnable) {
    if (!usage) return told;
    return std::min(*usage, std::max(told, *usage - returnable));
}

} // namespace

CgroupMounts parse_cgroup_mounts(std::string_view mountinfo) {
    CgroupMounts mounts;
    while (!mountinfo.empty()) {
        // 34 31 0:31 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
        const auto fields = split(next_line(mountinfo), ' ');
        const auto dash = std::ranges::find(fields, "-");
        if (fields.size() < 6 || fields.end() - dash < 4) continue;
        const std::string place(fields[4]);
        if (dash[1] == "cgroup2") {
            if (mounts.unified.empty()) mounts.unified = place;
        } else if (dash[1] == "cgroup") {
            for (const auto option : split(dash[3], ',')) mounts.controllers.emplace(option, place);
        }
    }
    mounts.controllers.erase("rw");
    mounts.controllers.erase("ro");
    return mounts;
}

std::map<std::string, std::int64_t, std::less<>> parse_counts(std::string_view text) {
    std::map<std::string, std::int64_t, std::less<>> counts;
    while (!text.empty()) {
        const auto fields = split(next_line(text), ' ');
        if (fields.size() != 2) continue;
        if (const auto value = parse_amount(fields[1])) counts.emplace(fields[0], *value);
    }
    return counts;
}

std::optional<std::int64_t> parse_amount(std::string_view text) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto last = text.find_last_not_of(" \n");
    if (last == std::string_view::npos) return std::nullopt;
    text = text.substr(0, last + 1);
    if (text == "max") return most;
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size()) return std::nullopt;
    if (failure == std::errc::result_out_of_range) return most;
    return failure == std::errc{} ? std::optional(value) : std::nullopt;
}

std::int64_t held_memory_v1(std::string_view stat, std::optional<std::int64_t> usage,
                            std::optional<std::int64_t> kernel) {
    const auto counts = parse_counts(stat);
    const auto shared = count_of(counts, "total_shmem"); // a part of total_cache
    return held(count_of(counts, "total_rss") + shared, usage,
                count_of(counts, "total_cache") - shared + kernel.value_or(0));
}

std::int64_t held_memory_v2(std::string_view stat, std::optional<std::int64_t> usage) {
    const auto counts = parse_counts(stat);
    const auto shared = count_of(counts, "shmem"); // a part of file
    return held(count_of(counts, "anon") + shared, usage,
                count_of(counts, "file") - shared + count_of(counts, "slab_reclaimable"));
}

} // namespace panel::docker
