#pragma once
// Targets of engine calls: path segments and queries, percent-encoded (RFC 3986). Pure.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace panel::docker {

[[nodiscard]] std::string encode_segment(std::string_view text);
// An image reference: its slashes and colons stay, as the engine's router takes them.
[[nodiscard]] std::string encode_reference(std::string_view reference);
// "path?key=value&..."
[[nodiscard]] std::string with_query(std::string path,
                                     const std::vector<std::pair<std::string, std::string>>& query);
[[nodiscard]] std::string json_texts(const std::map<std::string, std::string>& texts);

struct BuildRequest;
// Of POST /build.
[[nodiscard]] std::string build_target(const BuildRequest& request);

} // namespace panel::docker
