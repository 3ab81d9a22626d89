#pragma once
// Projects and their domains: create, list, change, remove, and a look at a repository before there is a
// project. Names, addresses and commands are checked here, by the same types on every path. Owned by App.
// Loop thread; suspends for the database, Caddy and git. Errors: not_found (unknown or foreign), invalid
// (with field errors), conflict (name or domain taken), unavailable (Caddy, Docker or git).

#include "base/clock.hpp"
#include "base/result.hpp"
#include "crypto/secret_box.hpp"
#include "database/deployment_repo.hpp"
#include "models/domain.hpp"
#include "models/project.hpp"
#include "models/user.hpp"
#include "net/port.hpp"
#include "services/caddy/proxy_control.hpp"
#include "services/deployment/detect_repository.hpp"
#include "services/deployment/settings.hpp"
#include "services/environment/environment_set.hpp"
#include "services/git/git_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::project {

// A project with what the API shows beside it.
struct ProjectView {
    Project project;
    std::vector<Domain> domains;         // the primary first
    std::optional<DeploymentRow> latest; // its newest deployment
    std::string url;                     // "http://web.localhost:8088"
};

struct NewProject {
    std::string name;
    std::string git_url;
    std::optional<std::string> git_branch; // nothing: "main"
    std::optional<std::string> root_directory;
    ProjectOverrides overrides;
    ProjectLimits limits;
    std::optional<std::string> health_path;
    std::optional<bool> auto_deploy;
    std::optional<ReleaseStrategy> release_strategy = {};
    std::optional<int> watch_seconds = {};
    std::vector<environment::VariableInput> environment;
};

// What is nothing stays as it is; a setting that is an inner nothing goes back to "detected".
struct ProjectPatch {
    std::optional<std::string> name = {};
    std::optional<std::string> git_url = {};
    std::optional<std::string> git_branch = {};
    std::optional<std::string> root_directory = {};
    std::optional<std::optional<std::string>> framework = {};
    std::optional<std::optional<std::string>> install_command = {};
    std::optional<std::optional<std::string>> build_command = {};
    std::optional<std::optional<std::string>> start_command = {};
    std::optional<std::optional<std::string>> output_dir = {};
    std::optional<std::optional<int>> port = {};
    std::optional<std::optional<std::string>> dockerfile_path = {};
    std::optional<std::optional<std::int64_t>> memory_limit_mb = {};
    std::optional<std::optional<double>> cpu_limit = {};
    std::optional<std::optional<std::int64_t>> process_limit = {};
    std::optional<std::string> health_path = {};
    std::optional<bool> auto_deploy = {};
    std::optional<ReleaseStrategy> release_strategy = {};
    std::optional<int> watch_seconds = {};
};

struct NewDomain {
    std::string domain;
    std::optional<bool> is_primary; // nothing: no
    std::optional<bool> tls;        // nothing: as this server serves applications
};

struct DomainPatch {
    std::optional<bool> is_primary;
    std::optional<bool> tls;
};

struct DetectRequest {
    std::string git_url;
    std::optional<std::string> git_branch;
    std::optional<std::string> root_directory;
};

struct ProjectSettings {
    std::string panel_host; // of the panel's own address: no project may take it
    std::uint16_t first_app_port = 21'000;
    std::uint16_t last_app_port = 29'999;
    // Another program of this server, or another panel, may listen on a port of the range.
    std::function<bool(std::uint16_t)> is_port_free = net::is_port_free;
};

class ProjectService {
  public:
    // Takes containers, route and files of a project off the server (deployment::ProjectCleaner).
    using Cleanup = std::function<boost::asio::awaitable<Result<void>>(Project)>;

    ProjectService(database::Database& database, const Clock& clock, const crypto::SecretBox& box,
                   caddy::ProxyControl& proxy, git::GitClient& git, boost::asio::thread_pool& pool,
                   const deployment::Settings& deployment_settings, ProjectSettings settings,
                   Cleanup cleanup);

    boost::asio::awaitable<Result<ProjectView>> create(Principal principal, NewProject input);
    // Newest first, ids below `before` (0: from the top).
    boost::asio::awaitable<std::vector<ProjectView>> list(Principal principal, std::int64_t before,
                                                          int limit);
    boost::asio::awaitable<Result<ProjectView>> find(Principal principal, std::int64_t id);
    boost::asio::awaitable<Result<ProjectView>> patch(Principal principal, std::int64_t id,
                                                      ProjectPatch change);
    boost::asio::awaitable<Result<void>> remove(Principal principal, std::int64_t id);
    boost::asio::awaitable<Result<deployment::DetectedRepository>> detect(DetectRequest request);

    boost::asio::awaitable<Result<std::vector<Domain>>> list_domains(Principal principal,
                                                                     std::int64_t project_id);
    boost::asio::awaitable<Result<Domain>> add_domain(Principal principal, std::int64_t project_id,
                                                      NewDomain input);
    boost::asio::awaitable<Result<Domain>> patch_domain(Principal principal, std::int64_t project_id,
                                                        std::int64_t domain_id, DomainPatch change);
    boost::asio::awaitable<Result<void>> remove_domain(Principal principal, std::int64_t project_id,
                                                       std::int64_t domain_id);

  private:
    [[nodiscard]] Result<void> check_default_domain(soci::session& session, const Project& project) const;
    [[nodiscard]] Result<void> check_tls(std::optional<bool> wanted) const;
    [[nodiscard]] Result<void> check_new_domain(soci::session& session, const std::string& domain) const;
    boost::asio::awaitable<Result<void>> apply_site(std::int64_t project_id);
    [[nodiscard]] ProjectView view_of(Project project, std::vector<Domain> domains,
                                      std::optional<DeploymentRow> latest) const;

    database::Database& database_;
    const Clock& clock_;
    const crypto::SecretBox& box_;
    caddy::ProxyControl& proxy_;
    git::GitClient& git_;
    boost::asio::thread_pool& pool_;
    const deployment::Settings& deployment_settings_;
    ProjectSettings settings_;
    Cleanup cleanup_;
};

} // namespace panel::project
