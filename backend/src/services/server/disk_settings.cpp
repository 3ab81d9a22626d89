#include "services/server/disk_settings.hpp"

namespace panel::server {

DiskBudgets budgets_on(std::int64_t total_bytes, const DiskBudgets& set) {
    const auto share = [total_bytes](const std::optional<std::int64_t>& own, int per_mille) {
        return own ? own : std::optional(total_bytes / 1000 * per_mille);
    };
    return {.images = share(set.images, 250),
            .build_cache = share(set.build_cache, 125),
            .static_files = share(set.static_files, 125),
            .repositories = share(set.repositories, 50),
            .logs = share(set.logs, 25)};
}

std::optional<std::int64_t> budget_of(const DiskBudgets& budgets, DiskKind kind) {
    switch (kind) {
    case DiskKind::image: return budgets.images;
    case DiskKind::static_files: return budgets.static_files;
    case DiskKind::build_log:
    case DiskKind::access_log: return budgets.logs;
    case DiskKind::repository: return budgets.repositories;
    case DiskKind::build_cache: return budgets.build_cache;
    case DiskKind::database: return std::nullopt;
    }
    return std::nullopt;
}

} // namespace panel::server
