#pragma once
// Rows of `projects`. Every look-up takes the principal: users see their own, administrators all; a foreign
// project is as absent as an unknown one. Functions block; call them inside Database::read or ::write. They
// throw soci::soci_error when the database breaks.

#include "base/result.hpp"
#include "models/project.hpp"
#include "models/user.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace panel::database {

[[nodiscard]] std::optional<Project> find_project(soci::session& session, const Principal& principal,
                                                  std::int64_t id);
// Newest first, ids below `before` (0: from the top).
[[nodiscard]] std::vector<Project> list_projects(soci::session& session, const Principal& principal,
                                                 std::int64_t before, int limit);
[[nodiscard]] std::vector<Project> list_all_projects(soci::session& session); // for reconcile
[[nodiscard]] std::int64_t count_projects(soci::session& session);
[[nodiscard]] bool has_project_named(soci::session& session, const std::string& name);
// Errors: conflict (the name is taken, no port is free). frontend_port is chosen here: the lowest free pair
// at or above `first_port` of which no project has one and `is_free` says that nobody else has one either.
Result<std::int64_t> insert_project(
    soci::session& session, const Project& project, const std::string& webhook_secret_ciphertext,
    std::uint16_t first_port, std::uint16_t last_port = 65'535,
    const std::function<bool(std::uint16_t)>& is_free = [](std::uint16_t) { return true; });
// Writes every settable column and updated_at. Errors: conflict (the name is taken).
Result<void> update_project(soci::session& session, const Project& project);
// `reason`: one sentence beside the status, "" when the deployments say it all.
void set_project_status(soci::session& session, std::int64_t id, ProjectStatus status, Timestamp now,
                        const std::string& reason = {});
struct LiveChange {
    std::int64_t deployment_id = 0;
    std::optional<std::int64_t> warm_deployment_id = {};
    std::optional<std::int64_t> pinned_deployment_id = {};
};
// The release that visitors get from now on; also sets status active.
void set_live_deployment(soci::session& session, std::int64_t id, const LiveChange& change, Timestamp now);
void set_pinned_deployment(soci::session& session, std::int64_t id, std::optional<std::int64_t> deployment_id,
                           Timestamp now);
// Nothing of it is live, warm or pinned any more: before its containers and files go.
void take_project_down(soci::session& session, std::int64_t id, const std::string& reason, Timestamp now);
void set_warm_deployment(soci::session& session, std::int64_t id, std::optional<std::int64_t> deployment_id);
void set_detected_framework(soci::session& session, std::int64_t id, const std::string& framework);
// The most memory that the project's newest builds used; nothing before its first.
[[nodiscard]] std::optional<std::int64_t> build_peak_bytes(soci::session& session, std::int64_t id);
void set_build_peak_bytes(soci::session& session, std::int64_t id, std::int64_t bytes);
void delete_project(soci::session& session, std::int64_t id); // cascades
[[nodiscard]] std::string webhook_secret_ciphertext(soci::session& session, std::int64_t id);
void set_webhook_secret(soci::session& session, std::int64_t id, const std::string& ciphertext);
// Projects other than `id` with this address: their mirror is shared.
[[nodiscard]] bool git_url_used_elsewhere(soci::session& session, const std::string& git_url,
                                          std::int64_t id);

} // namespace panel::database
