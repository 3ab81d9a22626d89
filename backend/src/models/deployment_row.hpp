#pragma once
// A deployment as it is read: with what lists and pages show beside it. Plain data.

#include "models/deployment.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace panel {

struct DeploymentRow {
    Deployment deployment;
    std::string project_name;
    bool is_live = false;
    bool can_roll_back = false; // its release's image or files are kept, it succeeded, and it is not live
    bool is_pinned = false;     // its project is pinned to it
};

struct DeploymentDetail {
    DeploymentRow row;
    std::vector<Step> steps; // the nine, in order
    std::string plan_json;   // "" before detection
    std::optional<Explanation> explanation;
    std::int64_t log_bytes = 0;
};

} // namespace panel
