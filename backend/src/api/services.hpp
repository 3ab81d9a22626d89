#pragma once
// What the API stands on: the use cases, by reference. Owned by App, which outlives Api. Loop thread only.

#include "base/clock.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace panel::auth {
class AuthService;
} // namespace panel::auth
namespace panel::project {
class ProjectService;
} // namespace panel::project
namespace panel::environment {
class EnvironmentService;
} // namespace panel::environment
namespace panel::webhook {
class WebhookService;
} // namespace panel::webhook
namespace panel::deployment {
class DeploymentService;
class DeploymentEvents;
class LiveRelease;
} // namespace panel::deployment
namespace panel::server {
struct Cleaned;
class DataVersion;
class DiskReport;
class ProjectUrls;
class Readiness;
class RecordCounts;
class ServerStatusReader;
} // namespace panel::server

namespace panel::api {

struct Services {
    const Clock& clock;
    auth::AuthService& auth;
    project::ProjectService& project;
    environment::EnvironmentService& environment;
    webhook::WebhookService& webhook;
    deployment::DeploymentService& deployment;
    deployment::DeploymentEvents& events;
    deployment::LiveRelease& live;
    server::DataVersion& data_version;
    server::ProjectUrls& urls;
    server::Readiness& readiness;
    server::RecordCounts& counts;
    server::ServerStatusReader& server;
    server::DiskReport& disk;
    // By the process that has the Docker socket. Errors: unavailable.
    std::function<boost::asio::awaitable<Result<server::Cleaned>>(bool dry_run)> clean_disk;
};

} // namespace panel::api
