#include "models/disk.hpp"

#include <array>
#include <utility>

namespace panel {

namespace {
constexpr std::array names{
    std::pair{DiskKind::image, std::string_view{"image"}},
    std::pair{DiskKind::static_files, std::string_view{"static_files"}},
    std::pair{DiskKind::build_log, std::string_view{"build_log"}},
    std::pair{DiskKind::access_log, std::string_view{"access_log"}},
    std::pair{DiskKind::repository, std::string_view{"repository"}},
    std::pair{DiskKind::build_cache, std::string_view{"build_cache"}},
    std::pair{DiskKind::database, std::string_view{"database"}},
};
} // namespace

std::string_view to_string(DiskKind kind) {
    for (const auto& [value, name] : names)
        if (value == kind) return name;
    return "";
}

std::optional<DiskKind> parse_disk_kind(std::string_view text) {
    for (const auto& [value, name] : names)
        if (name == text) return value;
    return std::nullopt;
}

} // namespace panel
