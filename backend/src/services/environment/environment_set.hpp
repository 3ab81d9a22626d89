#pragma once
// A project's whole set of variables as a user sends it: the rules, and how it replaces the stored one inside
// a transaction. Used by EnvironmentService and when a project is created with its environment.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "crypto/secret_box.hpp"
#include "models/environment_variable.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace panel::environment {

inline constexpr std::size_t most_variables = 1000;
inline constexpr std::size_t longest_value_bytes = 64 * 1024;

struct VariableInput {
    std::string key;
    std::optional<Secret> value; // nothing: keep what is stored, for a secret
    bool is_secret = false;
    EnvironmentScope scope = EnvironmentScope::all;
};

// Errors: invalid, with one field error for each mistake: "environment.3.key".
[[nodiscard]] Result<void> check_variables(const std::vector<VariableInput>& variables);
// Replaces the set of a project; check_variables() has passed. Errors: invalid (a secret without a value that
// was not stored before); nothing has been written then.
[[nodiscard]] Result<void> replace_variables(soci::session& session, const crypto::SecretBox& box,
                                             std::int64_t project_id,
                                             const std::vector<VariableInput>& variables, Timestamp now);
// Where the value of a row is sealed to.
[[nodiscard]] crypto::SecretPlace place_of(std::int64_t row_id, std::int64_t project_id);

} // namespace panel::environment
