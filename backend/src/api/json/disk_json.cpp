#include "api/json/disk_json.hpp"

#include "services/server/disk_report.hpp"

namespace panel::api::wire {

namespace {

std::vector<DiskRemoval> removals(const std::vector<server::Removal>& list) {
    std::vector<DiskRemoval> out;
    out.reserve(list.size());
    for (const auto& each : list)
        out.push_back({each.kind, each.title, each.project_id, each.bytes, each.reason});
    return out;
}

} // namespace

Disk to_wire(const server::DiskStatus& status) {
    Disk out;
    out.total_bytes = status.reading.total_bytes;
    out.free_bytes = status.reading.free_bytes;
    out.reserve_bytes = status.reading.reserve_bytes;
    out.panel_bytes = status.reading.panel_bytes;
    out.full_at = status.full_at;
    for (const auto& each : status.categories)
        out.categories.push_back({each.name, each.bytes, each.budget_bytes});
    out.removable = removals(status.removable);
    return out;
}

DiskCleaned to_wire(const server::Cleaned& cleaned) {
    return {removals(cleaned.removed), cleaned.freed_bytes};
}

} // namespace panel::api::wire
