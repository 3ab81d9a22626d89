#include "services/project/project_service.hpp"

#include "base/crash_point.hpp"
#include "crypto/random.hpp"
#include "database/database.hpp"
#include "database/domain_repo.hpp"
#include "database/project_repo.hpp"
#include "models/git_ref.hpp"
#include "models/git_url.hpp"
#include "models/rel_path.hpp"
#include "services/deployment/site_of.hpp"
#include "services/project/project_rules.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <map>
#include <stdexcept>
#include <utility>

namespace panel::project {
namespace {

constexpr std::size_t webhook_secret_bytes = 32;

std::unexpected<Error> no_project() { return fail(Code::not_found, "There is no such project."); }
std::unexpected<Error> name_taken(const char* why) {
    auto taken = fail_field("name", why);
    taken.error().code = Code::conflict;
    return taken;
}

// A new project has nothing stored that a secret could keep.
Result<void> check_environment(const std::vector<environment::VariableInput>& variables) {
    if (auto checked = environment::check_variables(variables); !checked) return checked;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (!variables[i].value)
            return fail_field(fmt::format("environment.{}.value", i), "a value is needed.");
    }
    return {};
}

template <class T> void take(const std::optional<T>& change, T& into) {
    if (change) into = *change;
}

void apply(const ProjectPatch& change, Project& project) {
    take(change.name, project.name);
    take(change.git_url, project.git_url);
    take(change.git_branch, project.git_branch);
    take(change.root_directory, project.root_directory);
    take(change.framework, project.overrides.framework);
    take(change.install_command, project.overrides.install_command);
    take(change.build_command, project.overrides.build_command);
    take(change.start_command, project.overrides.start_command);
    take(change.output_dir, project.overrides.output_dir);
    take(change.port, project.overrides.port);
    take(change.dockerfile_path, project.overrides.dockerfile_path);
    take(change.memory_limit_mb, project.limits.memory_mb);
    take(change.cpu_limit, project.limits.cpus);
    take(change.process_limit, project.limits.processes);
    take(change.health_path, project.health_path);
    take(change.auto_deploy, project.auto_deploy);
    take(change.release_strategy, project.release_strategy);
    take(change.watch_seconds, project.watch_seconds);
}

struct Loaded {
    Project project;
    std::vector<Domain> domains;
    std::optional<DeploymentRow> latest;
};

std::optional<Loaded> load(soci::session& session, const Principal& principal, std::int64_t id) {
    auto project = database::find_project(session, principal, id);
    if (!project) return std::nullopt;
    Loaded loaded{std::move(*project), database::list_domains(session, id), std::nullopt};
    auto latest = database::latest_deployments(session, {id});
    if (!latest.empty()) loaded.latest = std::move(latest.begin()->second);
    return loaded;
}

} // namespace

ProjectService::ProjectService(database::Database& database, const Clock& clock, const crypto::SecretBox& box,
                               caddy::ProxyControl& proxy, git::GitClient& git, asio::thread_pool& pool,
                               const deployment::Settings& deployment_settings, ProjectSettings settings,
                               Cleanup cleanup)
    : database_(database),
      clock_(clock),
      box_(box),
      proxy_(proxy),
      git_(git),
      pool_(pool),
      deployment_settings_(deployment_settings),
      settings_(std::move(settings)),
      cleanup_(std::move(cleanup)) {}

ProjectView ProjectService::view_of(Project project, std::vector<Domain> domains,
                                    std::optional<DeploymentRow> latest) const {
    auto url = deployment::url_of(project, domains, deployment_settings_);
    return {std::move(project), std::move(domains), std::move(latest), std::move(url)};
}

// Whether the default address of a project of this name is free. Asked inside the transaction that takes it.
Result<void> ProjectService::check_default_domain(soci::session& session, const Project& project) const {
    const auto domain = deployment::default_domain(project, deployment_settings_);
    if (domain == settings_.panel_host) return name_taken("this name is the panel's own address.");
    const auto owner = database::find_domain_owner(session, domain);
    if (owner && *owner != project.id)
        return name_taken("its default address is a domain of another project.");
    return {};
}

asio::awaitable<Result<ProjectView>> ProjectService::create(Principal principal, NewProject input) {
    Project project;
    project.user_id = principal.user_id;
    project.name = std::move(input.name);
    project.git_url = std::move(input.git_url);
    project.git_branch = input.git_branch.value_or("main");
    project.root_directory = input.root_directory.value_or("");
    project.overrides = std::move(input.overrides);
    project.limits = input.limits;
    project.health_path = input.health_path.value_or("/");
    project.auto_deploy = input.auto_deploy.value_or(true);
    project.release_strategy = input.release_strategy.value_or(ReleaseStrategy::rolling);
    project.watch_seconds = input.watch_seconds.value_or(default_watch_seconds);
    project.created_at = project.updated_at = clock_.now();
    if (auto checked = check_project(project); !checked) co_return std::unexpected(checked.error());
    if (auto checked = check_environment(input.environment); !checked)
        co_return std::unexpected(checked.error());
    const Secret webhook_secret(crypto::random_hex(webhook_secret_bytes));
    auto write = [this, &project, &input, &webhook_secret,
                  &principal](soci::session& session) -> Result<Loaded> {
        if (auto free = check_default_domain(session, project); !free) return std::unexpected(free.error());
        const auto id = database::insert_project(session, project, "", settings_.first_app_port,
                                                 settings_.last_app_port, settings_.is_port_free);
        if (!id) return std::unexpected(id.error());
        database::set_webhook_secret(
            session, *id, box_.seal(webhook_secret.reveal(), {"projects", *id, "webhook_secret", *id}));
        if (auto done =
                environment::replace_variables(session, box_, *id, input.environment, project.created_at);
            !done) {
            throw std::logic_error("checked variables were refused"); // rolls the project back
        }
        CRASH_POINT("project.create.written");
        return *load(session, principal, *id);
    };
    auto created = co_await database_.write(std::move(write));
    CRASH_POINT("project.create.committed");
    if (!created) co_return std::unexpected(created.error());
    co_return view_of(std::move(created->project), std::move(created->domains), std::nullopt);
}

asio::awaitable<std::vector<ProjectView>> ProjectService::list(Principal principal, std::int64_t before,
                                                               int limit) {
    struct Page {
        std::vector<Project> projects;
        std::map<std::int64_t, DeploymentRow> latest;
        std::map<std::int64_t, std::vector<Domain>> domains;
    };
    auto read = [&principal, before, limit](soci::session& session) {
        Page page;
        page.projects = database::list_projects(session, principal, before, limit);
        std::vector<std::int64_t> ids;
        ids.reserve(page.projects.size());
        for (const auto& project : page.projects) ids.push_back(project.id);
        page.latest = database::latest_deployments(session, ids);
        page.domains = database::list_domains_of(session, ids);
        return page;
    };
    auto page = co_await database_.read(std::move(read));
    std::vector<ProjectView> views;
    views.reserve(page.projects.size());
    for (auto& project : page.projects) {
        auto latest = page.latest.extract(project.id);
        auto domains = page.domains.extract(project.id);
        views.push_back(view_of(std::move(project),
                                domains ? std::move(domains.mapped()) : std::vector<Domain>{},
                                latest ? std::optional(std::move(latest.mapped())) : std::nullopt));
    }
    co_return views;
}

asio::awaitable<Result<ProjectView>> ProjectService::find(Principal principal, std::int64_t id) {
    auto read = [&principal, id](soci::session& session) { return load(session, principal, id); };
    auto loaded = co_await database_.read(std::move(read));
    if (!loaded) co_return no_project();
    co_return view_of(std::move(loaded->project), std::move(loaded->domains), std::move(loaded->latest));
}

asio::awaitable<Result<ProjectView>> ProjectService::patch(Principal principal, std::int64_t id,
                                                           ProjectPatch change) {
    struct Changed {
        Project before;
        Loaded after;
    };
    auto write = [this, &principal, id, &change](soci::session& session) -> Result<Changed> {
        auto loaded = load(session, principal, id);
        if (!loaded) return no_project();
        Project project = loaded->project;
        apply(change, project);
        project.updated_at = clock_.now();
        if (auto checked = check_project(project); !checked) return std::unexpected(checked.error());
        if (auto free = check_default_domain(session, project); !free) return std::unexpected(free.error());
        if (auto updated = database::update_project(session, project); !updated)
            return std::unexpected(updated.error());
        return Changed{std::move(loaded->project), *load(session, principal, id)};
    };
    auto changed = co_await database_.write(std::move(write));
    if (!changed) co_return std::unexpected(changed.error());
    if (changed->after.project.name != changed->before.name) { // its default address moves
        if (auto applied = co_await apply_site(id); !applied) {
            auto undo = [&changed](soci::session& session) {
                return database::update_project(session, changed->before);
            };
            if (const auto undone = co_await database_.write(std::move(undo)); !undone)
                spdlog::warn("project {}: its old name could not be given back: {}", id,
                             undone.error().message);
            co_return std::unexpected(applied.error());
        }
    }
    auto& after = changed->after;
    co_return view_of(std::move(after.project), std::move(after.domains), std::move(after.latest));
}

asio::awaitable<Result<void>> ProjectService::remove(Principal principal, std::int64_t id) {
    auto read = [&principal, id](soci::session& session) {
        return database::find_project(session, principal, id);
    };
    auto project = co_await database_.read(std::move(read));
    if (!project) co_return no_project();
    if (auto cleaned = co_await cleanup_(std::move(*project)); !cleaned) co_return cleaned;
    CRASH_POINT("project.mirror.removed");
    auto write = [id](soci::session& session) { database::delete_project(session, id); };
    co_await database_.write(std::move(write));
    CRASH_POINT("project.row.removed");
    spdlog::info("project {}: deleted", id);
    co_return Result<void>{};
}

asio::awaitable<Result<deployment::DetectedRepository>> ProjectService::detect(DetectRequest request) {
    auto url = GitUrl::parse(request.git_url);
    if (!url) co_return fail_field("git_url", url.error().message);
    std::optional<GitRef> branch;
    if (request.git_branch) {
        auto parsed = GitRef::parse(*request.git_branch);
        if (!parsed) co_return fail_field("git_branch", parsed.error().message);
        branch = std::move(*parsed);
    }
    framework::Overrides overrides;
    if (request.root_directory) {
        auto root = RelPath::parse(*request.root_directory);
        if (!root) co_return fail_field("root_directory", root.error().message);
        overrides.root_directory = root->value();
    }
    co_return co_await deployment::detect_repository(git_, pool_, std::move(*url), std::move(branch),
                                                     std::move(overrides));
}

} // namespace panel::project
