#pragma once
// What each service needs to know of the configuration, in its own words. Throws std::runtime_error with a
// plain sentence where the configuration names what cannot be used. Blocks for a look at files; by App, at
// the start.

#include "api/api.hpp"
#include "config/config.hpp"
#include "crypto/key_files.hpp"
#include "services/caddy/caddy_service.hpp"
#include "services/deployment/build_room.hpp"
#include "services/deployment/settings.hpp"
#include "services/docker/build_limiter.hpp"
#include "services/git/git_cli.hpp"
#include "services/project/project_service.hpp"
#include "services/queue/redis_queue.hpp"
#include "services/server/disk_settings.hpp"
#include "services/server/instance_lock.hpp"

namespace panel {

[[nodiscard]] deployment::Settings deployment_settings(const config::Config& config,
                                                       const server::InstanceLock& lock);
[[nodiscard]] deployment::RoomSettings room_settings(const config::Config& config);
[[nodiscard]] server::DiskSettings disk_settings(const config::Config& config);
[[nodiscard]] docker::BuildLimits build_limits(const config::Config& config);
[[nodiscard]] caddy::CaddySettings caddy_settings(const config::Config& config, const crypto::KeyFiles& keys);
[[nodiscard]] git::GitPolicy git_policy(const config::Config& config);
[[nodiscard]] project::ProjectSettings project_settings(const config::Config& config);
[[nodiscard]] api::ApiSettings api_settings(const config::Config& config);
[[nodiscard]] queue::redis::Target redis_target(const config::Config& config);

} // namespace panel
