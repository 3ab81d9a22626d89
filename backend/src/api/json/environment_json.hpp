#pragma once
// Environment variables as they go over the wire. A secret's value is null in every answer. Plain data.

#include "api/json/field_types.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "models/environment_variable.hpp"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace panel::api::wire {

struct EnvironmentVariable {
    static constexpr std::string_view schema_name = "EnvironmentVariable";
    std::string key;
    std::optional<std::string> value; // null: a secret
    bool is_secret = false;
    EnvironmentScope scope = EnvironmentScope::all;
};
BOOST_DESCRIBE_STRUCT(EnvironmentVariable, (), (key, value, is_secret, scope))

struct EnvironmentVariableInput {
    static constexpr std::string_view schema_name = "EnvironmentVariableInput";
    json::Text<256> key;
    std::optional<Secret> value; // a secret without one keeps what is stored
    std::optional<bool> is_secret;
    std::optional<EnvironmentScope> scope;
};
BOOST_DESCRIBE_STRUCT(EnvironmentVariableInput, (), (key, value, is_secret, scope))

// The whole set of a project, as PUT takes it.
using EnvironmentInput = std::vector<EnvironmentVariableInput>;

} // namespace panel::api::wire
