#include "api/handlers/project.hpp"

#include "api/cached.hpp"
#include "api/handlers/environment.hpp"
#include "api/handlers/page.hpp"
#include "services/deployment/deployment_service.hpp"
#include "services/project/project_service.hpp"

#include <utility>

namespace panel::api::handlers {

namespace asio = boost::asio;

namespace {

template <class T> std::optional<std::string> text_of(const std::optional<T>& value) {
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

// A field of PATCH as the service takes it: nothing keeps, an inner nothing clears.
template <class T> std::optional<std::optional<std::string>> change_of(const json::Patch<T>& patch) {
    if (!patch.is_present()) return std::nullopt;
    return text_of(patch.as_optional());
}

template <class Number>
    requires std::is_arithmetic_v<Number>
std::optional<std::optional<Number>> change_of(const json::Patch<Number>& patch) {
    if (!patch.is_present()) return std::nullopt;
    return patch.as_optional();
}

project::NewProject new_project(wire::ProjectInput& body) {
    project::NewProject out;
    out.name = std::move(body.name);
    out.git_url = std::move(body.git_url);
    out.git_branch = text_of(body.git_branch);
    out.root_directory = text_of(body.root_directory);
    out.overrides = {.framework = text_of(body.framework),
                     .install_command = text_of(body.install_command),
                     .build_command = text_of(body.build_command),
                     .start_command = text_of(body.start_command),
                     .output_dir = text_of(body.output_dir),
                     .port = body.port,
                     .dockerfile_path = text_of(body.dockerfile_path)};
    out.limits = {.memory_mb = body.memory_limit_mb, .cpus = body.cpu_limit, .processes = body.process_limit};
    out.health_path = text_of(body.health_path);
    out.auto_deploy = body.auto_deploy;
    out.release_strategy = body.release_strategy;
    out.watch_seconds = body.watch_seconds;
    if (body.environment) out.environment = to_variables(std::move(*body.environment));
    return out;
}

project::ProjectPatch project_patch(const wire::ProjectPatch& body) {
    project::ProjectPatch out;
    out.name = text_of(body.name.as_optional());
    out.git_url = text_of(body.git_url.as_optional());
    out.git_branch = text_of(body.git_branch.as_optional());
    out.root_directory = text_of(body.root_directory.as_optional());
    out.framework = change_of(body.framework);
    out.install_command = change_of(body.install_command);
    out.build_command = change_of(body.build_command);
    out.start_command = change_of(body.start_command);
    out.output_dir = change_of(body.output_dir);
    out.port = change_of(body.port);
    out.dockerfile_path = change_of(body.dockerfile_path);
    out.memory_limit_mb = change_of(body.memory_limit_mb);
    out.cpu_limit = change_of(body.cpu_limit);
    out.process_limit = change_of(body.process_limit);
    out.health_path = text_of(body.health_path.as_optional());
    out.auto_deploy = body.auto_deploy.as_optional();
    out.release_strategy = body.release_strategy.as_optional();
    out.watch_seconds = body.watch_seconds.as_optional();
    return out;
}

asio::awaitable<Result<wire::Page<wire::Project>>> make_projects_page(Context& context) {
    const auto page = wire::parse_page_request(context.request.query);
    if (!page) co_return std::unexpected(page.error());
    auto views = co_await context.services().project.list(context.principal, page->before, page->limit + 1);
    wire::Page<wire::Project> out;
    out.next_cursor =
        cut_page(views, page->limit, [](const project::ProjectView& view) { return view.project.id; });
    out.items.reserve(views.size());
    for (const auto& view : views) out.items.push_back(wire::to_wire(view));
    co_return out;
}

asio::awaitable<Result<wire::Project>> make_project(Context& context) {
    const auto view = co_await context.services().project.find(context.principal, context.id("project_id"));
    if (!view) co_return std::unexpected(view.error());
    co_return wire::to_wire(*view);
}

} // namespace

asio::awaitable<Result<Shared<wire::Page<wire::Project>>>> list_projects(Context& context) {
    return cached(context, &make_projects_page);
}

asio::awaitable<Result<wire::Project>> create_project(Context& context, wire::ProjectInput body) {
    const auto view = co_await context.services().project.create(context.principal, new_project(body));
    if (!view) co_return std::unexpected(view.error());
    co_return wire::to_wire(*view);
}

asio::awaitable<Result<Shared<wire::Project>>> read_project(Context& context) {
    return cached(context, &make_project);
}

asio::awaitable<Result<wire::Project>> change_project(Context& context, wire::ProjectPatch body) {
    auto change = project_patch(body);
    const auto view = co_await context.services().project.patch(context.principal, context.id("project_id"),
                                                                std::move(change));
    if (!view) co_return std::unexpected(view.error());
    co_return wire::to_wire(*view);
}

asio::awaitable<Result<void>> remove_project(Context& context) {
    return context.services().project.remove(context.principal, context.id("project_id"));
}

asio::awaitable<Result<wire::Project>> pin_project(Context& context, wire::PinInput body) {
    const auto pinned = co_await context.services().deployment.pin(
        context.principal, context.id("project_id"), body.deployment_id);
    if (!pinned) co_return std::unexpected(pinned.error());
    co_return co_await make_project(context);
}

asio::awaitable<Result<wire::Project>> release_pin(Context& context) {
    const auto released =
        co_await context.services().deployment.release_pin(context.principal, context.id("project_id"));
    if (!released) co_return std::unexpected(released.error());
    co_return co_await make_project(context);
}

asio::awaitable<Result<wire::Plan>> detect_project(Context& context, wire::DetectInput body) {
    project::DetectRequest request{std::move(body.git_url), text_of(body.git_branch),
                                   text_of(body.root_directory)};
    auto found = co_await context.services().project.detect(std::move(request));
    if (!found) {
        // What the git server refuses or does not have is wrong with the address, not with the caller's
        // rights here.
        const auto code = found.error().code;
        if (code == Code::not_found || code == Code::forbidden)
            co_return fail_field("git_url", found.error().message);
        co_return std::unexpected(found.error());
    }
    wire::Plan plan;
    static_cast<framework::Plan&>(plan) = std::move(found->plan);
    plan.repository =
        wire::Repository{found->branch,         found->branches,           found->commit.hash,
                         found->commit.subject, found->commit.author_name, found->commit.committed_at};
    co_return plan;
}

} // namespace panel::api::handlers
