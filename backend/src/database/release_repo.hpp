#pragma once
// Rows of `releases`: what a deployment keeps for rollback. Functions block; call them inside Database::read
// or ::write.

#include "models/deployment.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace panel::database {

void put_release(soci::session& session, const Release& release); // inserts or replaces
[[nodiscard]] std::optional<Release> find_release(soci::session& session, std::int64_t deployment_id);
void set_release_slot(soci::session& session, std::int64_t deployment_id, const std::string& slot);
void set_release_image_available(soci::session& session, std::int64_t deployment_id, bool available);
// The image is gone: no release of the project that stands on it can be brought back.
void forget_image(soci::session& session, std::int64_t project_id, const std::string& image_id);
// The live and the warm release of each project that has one, by project.
[[nodiscard]] std::map<std::int64_t, Release> list_live_releases(soci::session& session);
[[nodiscard]] std::map<std::int64_t, Release> list_warm_releases(soci::session& session);
// Whether a release of the project is kept that has this image, or these files.
[[nodiscard]] bool keeps_release_of(soci::session& session, std::int64_t project_id,
                                    const std::string& image_id);
// Releases whose image or files are kept, of succeeded deployments, newest first.
[[nodiscard]] std::vector<Release> list_kept_releases(soci::session& session, std::int64_t project_id);
// Those whose watch failed and whose image or files are still there.
[[nodiscard]] std::vector<Release> list_given_up_releases(soci::session& session, std::int64_t project_id);

} // namespace panel::database
