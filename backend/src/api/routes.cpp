#include "api/routes.hpp"

#include "api/handlers/auth.hpp"
#include "api/handlers/deployment.hpp"
#include "api/handlers/disk.hpp"
#include "api/handlers/domain.hpp"
#include "api/handlers/environment.hpp"
#include "api/handlers/live.hpp"
#include "api/handlers/project.hpp"
#include "api/handlers/server.hpp"
#include "api/handlers/socket.hpp"
#include "api/handlers/webhook.hpp"

#include <array>

namespace panel::api {

namespace {

using namespace handlers;
using enum Method;
using Names = std::array<std::string_view, Route::max_query>;

constexpr Names paging{"limit", "cursor"};
constexpr Names none{};

// clang-format off
constexpr std::array table{
    Route{get,     "/auth/status",                            Access::anonymous,  200, "Whether the first administrator is still to be made",     endpoint<&auth_status>},
    Route{post,    "/auth/setup",                             Access::anonymous,  201, "Make the first administrator, with the one-time token",   endpoint<&setup>},
    Route{post,    "/auth/login",                             Access::anonymous,  200, "Sign in",                                                 endpoint<&login>},
    Route{post,    "/auth/refresh",                           Access::anonymous,  200, "Change a refresh token for new tokens",                   endpoint<&refresh>},
    Route{post,    "/auth/logout",                            Access::anonymous,  204, "End the session of the token sent",                       endpoint<&logout>},
    Route{get,     "/auth/me",                                Access::user,       200, "The user who is signed in",                               endpoint<&me>},

    Route{post,    "/projects/detect",                        Access::user,       200, "Look at a repository: how it would be built, and why",    endpoint<&detect_project>},
    Route{get,     "/projects",                               Access::user,       200, "Projects, newest first",                                  endpoint<&list_projects>, paging},
    Route{post,    "/projects",                               Access::user,       201, "Create a project",                                        endpoint<&create_project>},
    Route{get,     "/projects/{project_id}",                  Access::user,       200, "One project",                                             endpoint<&read_project>},
    Route{patch,   "/projects/{project_id}",                  Access::user,       200, "Change settings; null returns one to \"detected\"",       endpoint<&change_project>},
    Route{delete_, "/projects/{project_id}",                  Access::user,       204, "Remove a project, its containers and its files",          endpoint<&remove_project>},
    Route{put,     "/projects/{project_id}/pin",              Access::user,       200, "Keep the live release until the pin is released",         endpoint<&pin_project>},
    Route{delete_, "/projects/{project_id}/pin",              Access::user,       200, "Release the pin: pushes deploy again",                    endpoint<&release_pin>},
    Route{get,     "/projects/{project_id}/logs",             Access::user,       200, "What the live release printed",                           endpoint<&read_live_log>, Names{"tail"}},
    Route{get,     "/projects/{project_id}/metrics",          Access::user,       200, "What the live release uses",                              endpoint<&read_live_metrics>},
    Route{get,     "/projects/{project_id}/webhook",          Access::user,       200, "Addresses and secret to enter at the git server",         endpoint<&read_webhook>},
    Route{get,     "/projects/{project_id}/environment",      Access::user,       200, "Environment variables, secrets without values",           endpoint<&list_environment>},
    Route{put,     "/projects/{project_id}/environment",      Access::user,       200, "Replace the environment variables",                       endpoint<&replace_environment>},
    Route{delete_, "/projects/{project_id}/environment/{key}", Access::user,      204, "Remove one environment variable",                         endpoint<&remove_environment_variable>},
    Route{get,     "/projects/{project_id}/domains",          Access::user,       200, "Domains, the primary first",                              endpoint<&list_domains>},
    Route{post,    "/projects/{project_id}/domains",          Access::user,       201, "Add a domain",                                            endpoint<&add_domain>},
    Route{patch,   "/projects/{project_id}/domains/{domain_id}", Access::user,    200, "Change a domain",                                         endpoint<&change_domain>},
    Route{delete_, "/projects/{project_id}/domains/{domain_id}", Access::user,    204, "Remove a domain",                                         endpoint<&remove_domain>},
    Route{get,     "/projects/{project_id}/deployments",      Access::user,       200, "Deployments of a project, newest first",                  endpoint<&list_project_deployments>, paging},
    Route{post,    "/projects/{project_id}/deployments",      Access::user,       202, "Deploy",                                                  endpoint<&trigger_deployment>},

    Route{get,     "/deployments",                            Access::user,       200, "Deployments of all projects, newest first",               endpoint<&list_deployments>, paging},
    Route{get,     "/deployments/{deployment_id}",            Access::user,       200, "One deployment with steps, plan and explanation",         endpoint<&read_deployment>},
    Route{post,    "/deployments/{deployment_id}/cancel",     Access::user,       202, "Cancel a deployment that has not ended",                  endpoint<&cancel_deployment>},
    Route{post,    "/deployments/{deployment_id}/rollback",   Access::user,       202, "Start the kept release of this deployment again",         endpoint<&roll_back_deployment>},
    Route{get,     "/deployments/{deployment_id}/log",        Access::user,       200, "The build log from a byte on",                            endpoint<&read_deployment_log>, Names{"offset"}},

    Route{post,    "/webhooks/{provider}/{project_id}",       Access::webhook,    202, "A push, told by a git server",                            endpoint<&receive_webhook>},

    Route{get,     "/server",                                 Access::user,       200, "What this machine has and uses",                          endpoint<&server_status>},
    Route{get,     "/server/disk",                            Access::admin,      200, "Where the disk goes, and what may be removed",             endpoint<&read_disk>},
    Route{post,    "/server/disk/clean",                      Access::admin,      200, "Remove what may be removed; a dry run only says what",     endpoint<&clean_disk>},
    Route{get,     "/ws",                                     Access::user,       101, "WebSocket: live logs and states, by topics",              endpoint<&open_socket>},
    Route{get,     "/health",                                 Access::anonymous,  200, "That the process answers",                                endpoint<&health>,    none, Placement::also_at_root},
    Route{get,     "/ready",                                  Access::anonymous,  200, "That database, Docker and Caddy answer; 503 says which does not", endpoint<&readiness>, none, Placement::also_at_root},
    Route{get,     "/metrics",                                Access::operations, 200, "Metrics in Prometheus's text format",                     endpoint<&metrics>,   none, Placement::also_at_root},
    Route{get,     "/openapi.json",                           Access::anonymous,  200, "This document",                                           endpoint<&openapi>,   none, Placement::also_at_root},
};
// clang-format on

} // namespace

std::span<const Route> routes() { return table; }

} // namespace panel::api
