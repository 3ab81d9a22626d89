#pragma once
// The Dockerfile of a plan. The build context that it expects: the repository below app/, the panel's own
// files below panel/ (panel/Dockerfile is this text; panel/env, when there are build-time values, is a shell
// file of export KEY='...' lines). It needs no frontend image: BuildKit's built-in one of Docker Engine 20.10
// is enough. Pure, any thread.

#include "base/result.hpp"
#include "services/framework/own_dockerfile.hpp"
#include "services/framework/plan.hpp"

#include <string>

namespace panel::framework {

struct BuildInputs {
    bool has_build_environment = false; // the context holds panel/env
    std::string cache_scope{};          // keeps the caches of projects apart; letters, digits, '-', '_', '.'
};

// Where the image of a static site holds its files. Such an image runs nothing: the files are copied out of
// it.
inline constexpr std::string_view static_files_path = "/site";

// Code::invalid when the plan holds a value that cannot be carried, or when it is a plan for the repository's
// own Dockerfile (which is sent as it is, after check_own_dockerfile).
[[nodiscard]] Result<std::string> render_dockerfile(const Plan& plan, const BuildInputs& inputs);

} // namespace panel::framework
