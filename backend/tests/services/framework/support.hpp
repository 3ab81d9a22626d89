#pragma once
// Short ways to say a repository in a test.
#include "services/framework/detect.hpp"
#include "services/framework/dockerfile.hpp"

#include <doctest/doctest.h>

namespace panel::framework::testing {

using Files = std::map<std::string, std::string, std::less<>>;

inline Result<Plan> detected(Files files, const Overrides& overrides = {}) {
    const MemoryTree tree(std::move(files));
    return detect(tree, overrides);
}

inline Plan plan_of(Files files, const Overrides& overrides = {}) {
    auto plan = detected(std::move(files), overrides);
    REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message));
    return std::move(*plan);
}

inline std::string dockerfile_of(const Plan& plan, bool has_build_environment = false) {
    const auto text = render_dockerfile(plan, {has_build_environment, "project-7"});
    REQUIRE_MESSAGE(text.has_value(), (text ? "" : text.error().message));
    return *text;
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

} // namespace panel::framework::testing
