#include "services/server/disk_forecast.hpp"

#include <chrono>

namespace panel::server {

namespace {

using Hours = std::chrono::duration<double, std::ratio<3600>>;

constexpr std::size_t least_readings = 3;
constexpr Hours least_span{2};
constexpr Hours longest_forecast{24 * 365};

} // namespace

std::optional<Timestamp> full_at(const std::vector<DiskReading>& readings) {
    if (readings.size() < least_readings) return std::nullopt;
    const auto& last = readings.back();
    if (last.at - readings.front().at < least_span) return std::nullopt;
    const auto count = static_cast<double>(readings.size());
    double hours = 0, used = 0;
    const auto hour_of = [&last](const DiskReading& reading) { return Hours(reading.at - last.at).count(); };
    // The reserve is given back when space runs out: it is not in use.
    const auto used_of = [](const DiskReading& reading) {
        return static_cast<double>(reading.total_bytes - reading.free_bytes - reading.reserve_bytes);
    };
    for (const auto& reading : readings) {
        hours += hour_of(reading) / count;
        used += used_of(reading) / count;
    }
    double above = 0, below = 0;
    for (const auto& reading : readings) {
        above += (hour_of(reading) - hours) * (used_of(reading) - used);
        below += (hour_of(reading) - hours) * (hour_of(reading) - hours);
    }
    if (below <= 0) return std::nullopt;
    const double bytes_per_hour = above / below;
    if (bytes_per_hour <= 0) return std::nullopt;
    const Hours left{static_cast<double>(last.free_bytes) / bytes_per_hour};
    if (left > longest_forecast) return std::nullopt;
    return last.at + std::chrono::duration_cast<Timestamp::duration>(left);
}

} // namespace panel::server
