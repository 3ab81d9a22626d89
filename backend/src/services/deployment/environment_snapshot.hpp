#pragma once
// The environment that a release ran with, kept encrypted beside it, so that a rollback restores exactly what it was. Pure; any thread.

#include "base/result.hpp"
#include "crypto/secret_box.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace panel::deployment {

using Variables = std::vector<std::pair<std::string, std::string>>;

// Bound to the release's row.
[[nodiscard]] std::string seal_snapshot(const crypto::SecretBox& secrets, std::int64_t project_id, std::int64_t deployment_id, const Variables& variables);
// Errors: internal, when it is not exactly what was sealed for this release.
[[nodiscard]] Result<Variables> open_snapshot(const crypto::SecretBox& secrets, std::int64_t project_id, std::int64_t deployment_id, const std::string& sealed);

} // namespace panel::deployment
