#pragma once
// What a kept release says beyond its columns: where a static release's files are, and how its site answers
// unknown paths. Pure.

#include "models/deployment.hpp"

#include <cstdint>
#include <string>

namespace panel::deployment {

// A static release names its files by the deployment that exported them (a rollback serves an older
// deployment's).
[[nodiscard]] std::string files_reference(std::int64_t deployment_id); // for Release::image_id
[[nodiscard]] std::int64_t static_files_of(const Release& release);    // deployment id; 0 for servers
[[nodiscard]] std::string plan_kind(const std::string& plan_json);     // "server", "static", "" when unknown
[[nodiscard]] bool is_single_page(const Release& release);             // from the plan

} // namespace panel::deployment
