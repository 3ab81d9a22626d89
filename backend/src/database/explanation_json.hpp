#pragma once
// The text of `deployments.explanation`: a JSON object, or "" for none. Used by deployment_repo only.

#include "models/deployment.hpp"

#include <optional>
#include <string>

namespace panel::database {

[[nodiscard]] std::string explanation_to_json(const Explanation& explanation);
[[nodiscard]] std::optional<Explanation> explanation_from_json(const std::string& text);

} // namespace panel::database
