#pragma once
// Look-ups by many ids with statements that stay prepared: an SQL list of exactly fifty, filled up with 0,
// which is no row's id. Pure.

#include <algorithm>
#include <cstdint>
#include <vector>

#define FIFTY_IDS                                                                                            \
    "(:a0, :a1, :a2, :a3, :a4, :a5, :a6, :a7, :a8, :a9, :b0, :b1, :b2, :b3, :b4, :b5, :b6, :b7, :b8, :b9, "  \
    ":c0, :c1, :c2, :c3, :c4, :c5, :c6, :c7, :c8, :c9, :d0, :d1, :d2, :d3, :d4, :d5, :d6, :d7, :d8, :d9, "   \
    ":e0, :e1, :e2, :e3, :e4, :e5, :e6, :e7, :e8, :e9)"

namespace panel::database {

// Groups of one (a single id) or of exactly fifty.
[[nodiscard]] inline std::vector<std::vector<std::int64_t>> in_groups(const std::vector<std::int64_t>& ids) {
    constexpr std::size_t size = 50;
    std::vector<std::vector<std::int64_t>> groups;
    for (std::size_t first = 0; first < ids.size(); first += size) {
        const auto count = std::min(ids.size() - first, size);
        auto& group = groups.emplace_back(ids.begin() + static_cast<std::ptrdiff_t>(first),
                                          ids.begin() + static_cast<std::ptrdiff_t>(first + count));
        if (count > 1) group.resize(size);
    }
    return groups;
}

} // namespace panel::database
