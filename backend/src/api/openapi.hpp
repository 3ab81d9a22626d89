#pragma once
// The OpenAPI 3.1 document of the API, generated from the route table and the wire structs' descriptions.
// Pure, any thread; a few milliseconds.

#include <string>

namespace panel::api {

// One JSON object. Also what `vps-panel openapi` prints.
[[nodiscard]] std::string openapi_document();

} // namespace panel::api
