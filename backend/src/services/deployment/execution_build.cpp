// From an address to an image, or to files on the disk: fetch, detect, build, export_files.
#include "services/deployment/execution.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "base/offload.hpp"
#include "database/database.hpp"
#include "database/deployment_repo.hpp"
#include "database/project_repo.hpp"
#include "services/deployment/build_context.hpp"
#include "services/deployment/build_room.hpp"
#include "services/deployment/container_of.hpp"
#include "services/deployment/deadlines.hpp"
#include "services/deployment/explain.hpp"
#include "services/deployment/release_record.hpp"
#include "services/deployment/repository_tree.hpp"
#include "services/deployment/site_of.hpp"
#include "services/environment/environment_service.hpp"
#include "services/framework/detect.hpp"
#include "services/framework/dockerfile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace panel::deployment {

namespace {

framework::Overrides overrides_of(const Project& project) {
    framework::Overrides overrides;
    overrides.framework = project.overrides.framework;
    overrides.install_command = project.overrides.install_command;
    overrides.build_command = project.overrides.build_command;
    overrides.start_command = project.overrides.start_command;
    overrides.output_dir = project.overrides.output_dir;
    overrides.port = project.overrides.port;
    overrides.dockerfile_path = project.overrides.dockerfile_path;
    if (!project.root_directory.empty()) overrides.root_directory = project.root_directory;
    return overrides;
}

// "SvelteKit · pnpm · Node 24"
std::string headline(const framework::Plan& plan) {
    auto text = plan.framework_name;
    if (!plan.package_manager.empty() && plan.package_manager != "none") text += " · " + plan.package_manager;
    if (plan.runtime == "node" && !plan.runtime_version.empty()) text += " · Node " + plan.runtime_version;
    return text;
}

std::string join_path(const std::string& directory, const std::string& path) {
    return directory.empty() ? path : directory + "/" + path;
}

// What the project's next build is given room for: what this one used, and for a while still what earlier
// ones did. A build that took everything from the cache says nothing.
std::optional<std::int64_t> peak_to_keep(const BuildUse& use, std::optional<std::int64_t> known) {
    constexpr std::int64_t least = std::int64_t{32} << 20;
    auto used = use.peak_bytes;
    if (use.out_of_memory) used = std::max(used, use.limit_bytes);
    if (used < least) return std::nullopt;
    return std::max(used, known.value_or(0) / 4 * 3);
}

asio::awaitable<Result<std::string>> next_piece(std::shared_ptr<BuildContext> context) {
    CRASH_POINT("deploy.build.uploading");
    co_return co_await context->next();
}

} // namespace

asio::awaitable<Result<void>> Execution::fetch() {
    auto url = GitUrl::parse(project_.git_url);
    auto branch = GitRef::parse(deployment_.branch);
    if (!url) co_return explain(url.error(), "git_url", "Correct the address in Settings.");
    if (!branch) co_return explain(branch.error(), "git_branch", "Correct the branch in Settings.");
    if (auto space = co_await check_space(); !space) co_return space;
    co_await log_.heading(fmt::format("Cloning {} @ {}", url->value(), branch->value()));
    git::ProgressSink progress = [this](std::string line) {
        CRASH_POINT("deploy.clone.running");
        return log_.line(std::move(line));
    };
    CRASH_POINT("deploy.clone.begun");
    Result<git::Commit> commit = fail(Code::internal, "");
    if (deployment_.commit_hash.empty())
        commit = co_await ports_.git.fetch_branch(*url, *branch, std::move(progress));
    else
        commit =
            co_await ports_.git.fetch_commit(*url, *branch, deployment_.commit_hash, std::move(progress));
    if (!commit)
        co_return explain(commit.error(), "git",
                          "Check the address, the branch and that this server may read the repository.");
    CRASH_POINT("deploy.clone.fetched");
    auto entries = co_await ports_.git.list_tree(*url, commit->hash);
    if (!entries) co_return explain(entries.error(), "git", "Check the repository.");
    entries_ = std::move(*entries);
    committed_at_ = commit->committed_at;
    co_await log_.line(fmt::format("HEAD is now at {} {}", commit->hash.substr(0, 7), commit->subject));
    CRASH_POINT("deploy.clone.listed");
    deferred_.push_back([id = deployment_.id, commit = *commit](soci::session& session) {
        database::set_deployment_commit(session, id, commit.hash, commit.subject, commit.author_name);
    });
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Execution::detect() {
    auto url = GitUrl::parse(project_.git_url);
    CRASH_POINT("deploy.detect.begun");
    auto reader = ports_.git.open_blob_reader(*url);
    if (!reader) co_return explain(reader.error(), "git", "Check the repository.");
    auto work = [this, reader = std::move(*reader)]() mutable -> Result<framework::Plan> {
        const RepositoryTree tree(entries_, std::move(reader));
        auto found = framework::detect(tree, overrides_of(project_));
        if (!found || !found->dockerfile_path) return found;
        const auto text = tree.read(join_path(found->root_directory, *found->dockerfile_path)).value_or("");
        if (auto checked = framework::check_own_dockerfile(text); !checked)
            return std::unexpected(checked.error());
        build_arguments_ = framework::declared_build_arguments(text);
        return found;
    };
    auto plan = co_await offload(ports_.pool, std::move(work));
    if (!plan)
        co_return explain(plan.error(), "not_recognised",
                          "Set the framework or the commands in Settings, or add a Dockerfile.");
    CRASH_POINT("deploy.detect.found");
    plan_ = std::move(*plan);
    co_await log_.heading("Detected " + headline(plan_));
    for (const auto& warning : plan_.warnings) co_await log_.line("\x1b[33mwarn\x1b[0m  " + warning);
    release_.kind = plan_.kind;
    release_.plan_json = framework::plan_json(plan_);
    release_.health_path = project_.health_path;
    release_.container_port = plan_.port.value_or(0);
    single_page_ = plan_.single_page_app;
    deferred_.push_back([id = deployment_.id, project = project_.id, json = release_.plan_json,
                         name = plan_.framework](soci::session& session) {
        database::set_deployment_plan(session, id, json);
        database::set_detected_framework(session, project, name);
    });
    co_return Result<void>{};
}

// Waits until there is room for this build.
asio::awaitable<Result<void>> Execution::enter_room() {
    if (ports_.room == nullptr) co_return Result<void>{};
    auto read = [id = project_.id](soci::session& session) {
        return database::build_peak_bytes(session, id);
    };
    known_peak_bytes_ = co_await ports_.database.read(std::move(read));
    BuildRoom::Say say = [this](std::string line) { return log_.heading(std::move(line)); };
    auto place = co_await ports_.room->enter(known_peak_bytes_, std::move(say));
    CRASH_POINT("deploy.build.entered");
    if (!place)
        co_return explain(place.error(), "no_room",
                          "Deploy again when fewer builds run, or raise the server's limits.");
    place_ = std::move(*place);
    co_return Result<void>{};
}

// `use` is what the build was seen to use, also when it failed.
asio::awaitable<Result<docker::BuildOutcome>> Execution::run_build(docker::BuildRequest request,
                                                                   net::BodySource context, BuildUse& use) {
    docker::LogSink sink = [this](std::string text) {
        CRASH_POINT("deploy.build.running");
        return log_.write(std::move(text));
    };
    auto build = ports_.docker.build(std::move(request), std::move(context), std::move(sink));
    if (!place_) co_return co_await std::move(build);
    auto outcome = co_await place_->watch(std::move(build));
    use = co_await place_->end();
    place_.reset(); // what follows needs no room
    if (const auto peak = peak_to_keep(use, known_peak_bytes_))
        deferred_.push_back([id = project_.id, peak = *peak](soci::session& session) {
            database::set_build_peak_bytes(session, id, peak);
        });
    co_return outcome;
}

asio::awaitable<Result<void>> Execution::check_space() {
    if (!ports_.make_space) co_return Result<void>{};
    auto made = co_await ports_.make_space();
    if (!made) co_return explain(made.error(), "no_space", std::string(make_room));
    co_return Result<void>{};
}

// The place is given back however the build ends.
asio::awaitable<Result<void>> Execution::build() {
    if (auto space = co_await check_space(); !space) co_return space;
    struct Leave { // also when it is cancelled
        std::unique_ptr<BuildRoom::Place>& place;
        ~Leave() { place.reset(); }
    } const leave{place_};
    if (auto entered = co_await enter_room(); !entered) co_return entered;
    const auto limit = build_limit_of(ports_.settings);
    auto built = co_await with_deadline(build_image(), limit);
    if (built) co_return std::move(*built);
    co_await pass_deadline(Action::build, limit);
    co_return fail(Code::unavailable, "The build took too long.");
}

asio::awaitable<Result<void>> Execution::build_image() {
    auto variables = co_await ports_.environment.build_environment(project_.id);
    if (!variables)
        co_return explain(variables.error(), "environment", "Set the variable again in Settings.");
    auto url = GitUrl::parse(project_.git_url);
    auto blobs = co_await ports_.git.open_blob_stream(*url);
    if (!blobs) co_return explain(blobs.error(), "git", "Check the repository.");

    docker::BuildRequest request;
    request.tag = image_tag(ports_.settings, project_.id, deployment_.id);
    request.build_id = build_id_;
    request.labels = labels_of(project_.id, deployment_.id, ports_.settings);
    request.deadline = ports_.settings.build_timeout;
    std::vector<BuildContext::OwnFile> own_files;
    BuildContext::Layout layout;
    layout.modified = committed_at_;
    if (plan_.dockerfile_path) {
        // The repository's own Dockerfile sees its root directory as the context, as it would anywhere else.
        layout.prefix.clear();
        layout.directory = plan_.root_directory;
        request.dockerfile = *plan_.dockerfile_path;
        for (const auto& [key, value] : *variables)
            if (std::ranges::find(build_arguments_, key) != build_arguments_.end())
                request.build_arguments[key] = value;
        if (!request.build_arguments.empty())
            co_await log_.line("\x1b[33mwarn\x1b[0m  Build arguments stay readable in the history of an "
                               "image built by a Dockerfile: give secrets at run time.");
    } else {
        framework::BuildInputs inputs;
        inputs.has_build_environment = !variables->empty();
        inputs.cache_scope = fmt::format("{}-p{}", ports_.settings.name_prefix, project_.id);
        auto dockerfile = framework::render_dockerfile(plan_, inputs);
        if (!dockerfile) co_return explain(dockerfile.error(), "plan", "Correct the commands in Settings.");
        request.dockerfile = "panel/Dockerfile";
        own_files.push_back({"panel/Dockerfile", std::move(*dockerfile)});
        if (inputs.has_build_environment)
            own_files.push_back({"panel/env", render_environment_file(*variables)});
    }
    CRASH_POINT("deploy.build.begun");
    auto context =
        std::make_shared<BuildContext>(std::move(entries_), std::move(*blobs), std::move(own_files),
                                       std::move(layout)); // shared with the upload
    net::BodySource source = [context] { return next_piece(context); };
    co_await log_.heading("Building");
    BuildUse use;
    auto outcome = co_await run_build(std::move(request), std::move(source), use);
    if (use.disk_full) {
        explanation_ = explain_full_disk(use.free_disk_bytes);
        co_return fail(Code::unavailable, explanation_->sentence);
    }
    CRASH_POINT("deploy.build.ended");
    if (!outcome)
        co_return explain(outcome.error(),
                          outcome.error().code == Code::unavailable ? "docker" : "build_failed",
                          "Check that Docker runs on the server, then deploy again.");
    if (!outcome->succeeded) {
        explanation_ = explain_build(*outcome, use, log_.newest());
        co_return fail(Code::invalid, outcome->error);
    }
    release_.image_id = outcome->image_id;
    if (!is_static() && release_.container_port == 0) {
        const auto image = co_await ports_.docker.inspect_image(outcome->image_id);
        release_.container_port =
            image && !image->exposed_tcp_ports.empty() ? image->exposed_tcp_ports.front() : 3000;
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Execution::export_files() {
    const auto directory = ports_.markers.static_directory(project_.id, deployment_.id);
    auto make_empty = [directory] {
        std::filesystem::remove_all(directory);
        std::filesystem::create_directories(directory);
    };
    co_await offload(ports_.pool, std::move(make_empty));
    CRASH_POINT("deploy.export.emptied");
    docker::ContainerSpec spec;
    spec.name = export_name(ports_.settings, project_.id);
    spec.image = release_.image_id;
    spec.labels = labels_of(project_.id, deployment_.id, ports_.settings);
    spec.command = {"/export"}; // never started
    auto container = co_await ports_.docker.create_container(std::move(spec));
    if (!container)
        co_return explain(container.error(), "docker",
                          "Check that Docker runs on the server, then deploy again.");
    CRASH_POINT("deploy.export.created");
    auto copied = co_await ports_.docker.copy_out(*container, std::string(framework::static_files_path),
                                                  directory, ports_.settings.static_limit_bytes);
    CRASH_POINT("deploy.export.copied");
    (void)co_await ports_.docker.remove_container(*container);
    CRASH_POINT("deploy.export.removed");
    // The files are what is kept; the build cache keeps what makes the next build quick.
    (void)co_await ports_.docker.remove_image(image_tag(ports_.settings, project_.id, deployment_.id));
    CRASH_POINT("deploy.export.ended");
    if (!copied) co_return explain(copied.error(), "output", "Check the output directory in Settings.");
    release_.image_id = files_reference(deployment_.id);
    co_return Result<void>{};
}

} // namespace panel::deployment
