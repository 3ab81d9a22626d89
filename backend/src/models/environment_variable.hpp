#pragma once
// One environment variable of a project. Plain data; the value is clear text only inside the server (at rest
// it is a SecretBox ciphertext).

#include "base/clock.hpp"
#include "base/secret.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace panel {

enum class EnvironmentScope { build, runtime, all };

struct EnvironmentVariable {
    std::int64_t id = 0;
    std::int64_t project_id = 0;
    std::string key; // EnvKey
    Secret value;
    bool is_secret = false;
    EnvironmentScope scope = EnvironmentScope::all;
    Timestamp created_at;
};

[[nodiscard]] inline std::string_view to_string(EnvironmentScope scope) {
    return scope == EnvironmentScope::build     ? "build"
           : scope == EnvironmentScope::runtime ? "runtime"
                                                : "all";
}

[[nodiscard]] inline std::optional<EnvironmentScope> parse_environment_scope(std::string_view text) {
    if (text == "build") return EnvironmentScope::build;
    if (text == "runtime") return EnvironmentScope::runtime;
    if (text == "all") return EnvironmentScope::all;
    return std::nullopt;
}

} // namespace panel
