#pragma once
// The values of each enum that goes over the wire, in the order that the OpenAPI document lists them. Names
// come from to_string of the enum.

#include "models/deployment.hpp"
#include "models/disk.hpp"
#include "models/environment_variable.hpp"
#include "models/project.hpp"
#include "models/user.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace panel::api::json {

[[nodiscard]] constexpr std::string_view role_name(Role role) {
    return role == Role::admin ? "admin" : "user";
}

template <class E> struct EnumValues;
template <> struct EnumValues<Role> {
    static constexpr std::array values{Role::admin, Role::user};
};
template <> struct EnumValues<ProjectStatus> {
    static constexpr std::array values{ProjectStatus::pending, ProjectStatus::active, ProjectStatus::failed,
                                       ProjectStatus::stopped};
};
template <> struct EnumValues<ReleaseStrategy> {
    static constexpr std::array values{ReleaseStrategy::rolling, ReleaseStrategy::blue_green};
};
template <> struct EnumValues<Watch> {
    static constexpr std::array values{Watch::none, Watch::watching, Watch::passed, Watch::failed};
};
template <> struct EnumValues<DeploymentStatus> {
    static constexpr std::array values{DeploymentStatus::pending,   DeploymentStatus::building,
                                       DeploymentStatus::deploying, DeploymentStatus::success,
                                       DeploymentStatus::failed,    DeploymentStatus::cancelled,
                                       DeploymentStatus::superseded};
};
template <> struct EnumValues<Trigger> {
    static constexpr std::array values{Trigger::manual, Trigger::webhook, Trigger::api, Trigger::rollback,
                                       Trigger::schedule};
};
template <> struct EnumValues<StepName> {
    static constexpr auto values = all_steps;
};
template <> struct EnumValues<StepStatus> {
    static constexpr std::array values{StepStatus::pending, StepStatus::running, StepStatus::success,
                                       StepStatus::failed,  StepStatus::skipped, StepStatus::cancelled};
};
template <> struct EnumValues<DiskKind> {
    static constexpr std::array values{DiskKind::image,      DiskKind::static_files, DiskKind::build_log,
                                       DiskKind::access_log, DiskKind::repository,   DiskKind::build_cache,
                                       DiskKind::database};
};
template <> struct EnumValues<EnvironmentScope> {
    static constexpr std::array values{EnvironmentScope::build, EnvironmentScope::runtime,
                                       EnvironmentScope::all};
};

template <class E> [[nodiscard]] std::string_view enum_name(E value) {
    if constexpr (std::is_same_v<E, Role>)
        return role_name(value);
    else
        return to_string(value);
}

template <class E> [[nodiscard]] std::optional<E> parse_enum(std::string_view text) {
    for (const auto value : EnumValues<E>::values)
        if (enum_name(value) == text) return value;
    return std::nullopt;
}

} // namespace panel::api::json
