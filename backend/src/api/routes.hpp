#pragma once
// The one table of routes: what exists, who may call it, what it takes and answers. The router, the OpenAPI
// document and the tests of access are all made from it. Constant, any thread.

#include "api/route.hpp"

#include <span>

namespace panel::api {

[[nodiscard]] std::span<const Route> routes();

} // namespace panel::api
