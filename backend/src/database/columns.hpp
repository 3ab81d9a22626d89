#pragma once
// How values of the models become SQL columns and back, as SOCI conversions: booleans are 0/1, times
// milliseconds since 1970, enums their words, std::optional NULL. Included by the .cpp files of this folder
// only. A word that no enum knows is a broken database: an exception.

#include "base/clock.hpp"
#include "models/deployment.hpp"
#include "models/disk.hpp"
#include "models/environment_variable.hpp"
#include "models/project.hpp"
#include "models/user.hpp"

#include <soci/soci.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace panel::database {

template <class T> struct Column {
    using Base = T;
    static T from(Base value) { return value; }
    static Base to(T value) { return value; }
};

template <> struct Column<bool> {
    using Base = int;
    static bool from(int value) { return value != 0; }
    static int to(bool value) { return value ? 1 : 0; }
};

template <> struct Column<Timestamp> {
    using Base = long long;
    static Timestamp from(long long value) { return from_milliseconds(value); }
    static long long to(Timestamp value) { return to_milliseconds(value); }
};

template <class Enum, std::optional<Enum> (*parse)(std::string_view)> struct WordColumn {
    using Base = std::string;
    static Enum from(const std::string& word) {
        const auto value = parse(word);
        if (!value) throw std::runtime_error("the database holds the unknown word '" + word + "'");
        return *value;
    }
    static std::string to(Enum value) { return std::string(to_string(value)); }
};

template <> struct Column<Role> {
    using Base = std::string;
    static Role from(const std::string& word) {
        return word == "admin" ? Role::admin : Role::user;
    } // the lesser right for anything else
    static std::string to(Role role) { return role == Role::admin ? "admin" : "user"; }
};

template <> struct Column<ProjectStatus> : WordColumn<ProjectStatus, parse_project_status> {};
template <> struct Column<ReleaseStrategy> : WordColumn<ReleaseStrategy, parse_release_strategy> {};
template <> struct Column<Watch> : WordColumn<Watch, parse_watch> {};
template <> struct Column<DeploymentStatus> : WordColumn<DeploymentStatus, parse_deployment_status> {};
template <> struct Column<Trigger> : WordColumn<Trigger, parse_trigger> {};
template <> struct Column<StepName> : WordColumn<StepName, parse_step_name> {};
template <> struct Column<StepStatus> : WordColumn<StepStatus, parse_step_status> {};
template <> struct Column<DiskKind> : WordColumn<DiskKind, parse_disk_kind> {};
template <> struct Column<EnvironmentScope> : WordColumn<EnvironmentScope, parse_environment_scope> {};

// For types that SOCI cannot bind by itself.
template <class T> struct Conversion {
    using base_type = typename Column<T>::Base;
    static void from_base(const base_type& base, soci::indicator indicator, T& value) {
        if (indicator == soci::i_null) throw soci::soci_error("a NULL in a column that must have a value");
        value = Column<T>::from(base);
    }
    static void to_base(const T& value, base_type& base, soci::indicator& indicator) {
        base = Column<T>::to(value);
        indicator = soci::i_ok;
    }
};

} // namespace panel::database

namespace soci {

template <> struct type_conversion<bool> : panel::database::Conversion<bool> {};
template <> struct type_conversion<panel::Timestamp> : panel::database::Conversion<panel::Timestamp> {};
template <>
struct type_conversion<panel::ProjectStatus> : panel::database::Conversion<panel::ProjectStatus> {};
template <>
struct type_conversion<panel::DeploymentStatus> : panel::database::Conversion<panel::DeploymentStatus> {};
template <>
struct type_conversion<panel::ReleaseStrategy> : panel::database::Conversion<panel::ReleaseStrategy> {};
template <> struct type_conversion<panel::Watch> : panel::database::Conversion<panel::Watch> {};
template <> struct type_conversion<panel::Trigger> : panel::database::Conversion<panel::Trigger> {};
template <> struct type_conversion<panel::StepName> : panel::database::Conversion<panel::StepName> {};
template <> struct type_conversion<panel::StepStatus> : panel::database::Conversion<panel::StepStatus> {};
template <> struct type_conversion<panel::DiskKind> : panel::database::Conversion<panel::DiskKind> {};
template <>
struct type_conversion<panel::EnvironmentScope> : panel::database::Conversion<panel::EnvironmentScope> {};
template <> struct type_conversion<panel::Role> : panel::database::Conversion<panel::Role> {};

template <class T> struct type_conversion<std::optional<T>> {
    using base_type = typename panel::database::Column<T>::Base;
    static void from_base(const base_type& base, indicator state, std::optional<T>& value) {
        if (state == i_null) {
            value.reset();
        } else {
            value = panel::database::Column<T>::from(base);
        }
    }
    static void to_base(const std::optional<T>& value, base_type& base, indicator& state) {
        state = value ? i_ok : i_null;
        base = value ? base_type(panel::database::Column<T>::to(*value)) : base_type();
    }
};

} // namespace soci
