#include "models/project.hpp"

#include <array>
#include <utility>

namespace panel {

namespace {
constexpr std::array names{
    std::pair{ProjectStatus::pending, std::string_view{"pending"}},
    std::pair{ProjectStatus::active, std::string_view{"active"}},
    std::pair{ProjectStatus::failed, std::string_view{"failed"}},
    std::pair{ProjectStatus::stopped, std::string_view{"stopped"}},
};
} // namespace

std::string_view to_string(ProjectStatus status) {
    for (const auto& [value, name] : names)
        if (value == status) return name;
    return "pending";
}

std::optional<ProjectStatus> parse_project_status(std::string_view text) {
    for (const auto& [value, name] : names)
        if (name == text) return value;
    return std::nullopt;
}

std::string_view to_string(ReleaseStrategy strategy) {
    return strategy == ReleaseStrategy::blue_green ? "blue_green" : "rolling";
}

std::optional<ReleaseStrategy> parse_release_strategy(std::string_view text) {
    for (const auto strategy : {ReleaseStrategy::rolling, ReleaseStrategy::blue_green})
        if (to_string(strategy) == text) return strategy;
    return std::nullopt;
}

} // namespace panel
