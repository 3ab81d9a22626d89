#include "services/deployment/build_use.hpp"

#include <fmt/format.h>

namespace panel::deployment {

std::string say_bytes(std::int64_t bytes) {
    constexpr std::int64_t megabyte = std::int64_t{1} << 20;
    constexpr std::int64_t gigabyte = 1024 * megabyte;
    if (bytes >= gigabyte)
        return fmt::format("{:.1f} GB", static_cast<double>(bytes) / static_cast<double>(gigabyte));
    return fmt::format("{} MB", (bytes + megabyte / 2) / megabyte);
}

} // namespace panel::deployment
