#include "services/framework/detect.hpp"

#include "services/framework/command.hpp"
#include "services/framework/environment_example.hpp"
#include "services/framework/javascript.hpp"
#include "services/framework/own_dockerfile.hpp"
#include "services/framework/start.hpp"
#include "services/framework/static_site.hpp"
#include "services/framework/text.hpp"

#include <algorithm>

namespace panel::framework {
namespace {

std::string at(std::string_view directory, std::string_view name) {
    return directory.empty() ? std::string(name) : std::string(directory) + '/' + std::string(name);
}

Result<std::string> checked_directory(const FileTree& tree, const Overrides& overrides) {
    if (!overrides.root_directory) return std::string{};
    const auto path = join_path("", *overrides.root_directory);
    if (!path || !is_plain_path(*path))
        return fail_field("root_directory",
                          "it must be a directory inside the repository, without special characters.");
    if (!path->empty() && !tree.exists(*path))
        return fail_field("root_directory", "the repository has no such directory.");
    return *path;
}

Result<Plan> plan_dockerfile(const SubTree& tree, const Overrides& overrides) {
    const std::string name = overrides.dockerfile_path.value_or("Dockerfile");
    const auto path = join_path("", name);
    const auto text = path && !path->empty() ? tree.read(*path) : std::nullopt;
    if (!text) return fail_field("dockerfile_path", "the repository has no such file.");
    if (auto checked = check_own_dockerfile(*text); !checked) return std::unexpected(checked.error());
    const std::string file = at(tree.directory(), *path);
    Plan plan;
    plan.framework = "dockerfile";
    plan.framework_name = "Dockerfile";
    plan.language = "dockerfile";
    plan.package_manager = "none";
    plan.kind = "server";
    plan.runtime = "docker";
    plan.dockerfile_path = *path;
    plan.note("framework", "dockerfile",
              overrides.dockerfile_path || overrides.framework ? "setting" : "file", file,
              "the repository brings its own Dockerfile");
    const auto ports = exposed_ports(*text);
    plan.port = ports.empty() ? 3000 : ports.front();
    if (ports.empty()) {
        plan.note("port", "3000", "guess", "", "the Dockerfile has no EXPOSE; PORT is set to it");
        plan.warnings.push_back(
            "The Dockerfile does not EXPOSE a port: set the port if the program does not listen on PORT.");
    } else {
        plan.note("port", std::to_string(ports.front()), "file", file, "EXPOSE says so");
    }
    return plan;
}

// What the user set wins; evidence of the value that it replaces goes.
void apply(Plan& plan, const Overrides& overrides) {
    const auto set = [&](std::optional<std::string>& member, const std::optional<std::string>& value,
                         const char* field) {
        if (!value) return;
        member = *value;
        std::erase_if(plan.evidence, [&](const Evidence& e) { return e.field == field; });
        plan.note(field, *value, "setting", "", "set for this project");
    };
    set(plan.install_command, overrides.install_command, "install_command");
    set(plan.build_command, overrides.build_command, "build_command");
    set(plan.output_dir, overrides.output_dir, "output_dir");
    if (overrides.start_command) {
        if (plan.kind == "static" && plan.package_manager != "none") make_server(plan, "");
        set(plan.start_command, overrides.start_command, "start_command");
        plan.recipe.start_process = *overrides.start_command;
        if (!plan.port) plan.port = 3000;
    }
    if (overrides.port) {
        plan.port = overrides.port;
        std::erase_if(plan.evidence, [](const Evidence& e) { return e.field == "port"; });
        plan.note("port", std::to_string(*overrides.port), "setting", "", "set for this project");
    }
    // An empty command means "none": nothing is run, and nothing is shown.
    for (auto* command : {&plan.install_command, &plan.build_command})
        if (*command && trim(**command).empty()) command->reset();
}

Result<Match> chosen_match(const Project& project, const Overrides& overrides) {
    if (!overrides.framework || *overrides.framework == "node" || *overrides.framework == "bun")
        return overrides.framework ? Match{} : best_match(project);
    const Framework* framework = find_framework(*overrides.framework);
    if (framework == nullptr) return fail_field("framework", "it is not a framework that is known here.");
    return Match{framework, 0, "setting", "", "set for this project"};
}

void note_framework(Plan& plan, const Match& match, const Project& project, const Overrides& overrides) {
    if (overrides.framework)
        plan.note("framework", plan.framework, "setting", "", "set for this project");
    else if (match.framework != nullptr)
        plan.note("framework", plan.framework, match.source, match.file, match.detail);
    else
        plan.note("framework", plan.framework, "file", project.manifest.path,
                  "it has a manifest and something to start");
}

void finish_javascript(const Project& project, const Overrides& overrides, Plan& plan) {
    apply(plan, overrides);
    complete_recipe(project, overrides, plan);
    if (plan.framework == "node" && plan.runtime == "bun" && !overrides.framework) {
        plan.framework = "bun";
        plan.framework_name = "Bun";
        for (Evidence& evidence : plan.evidence)
            if (evidence.field == "framework") evidence.value = "bun";
    }
}

Result<Plan> plan_project(const SubTree& tree, const Overrides& overrides);

// The packages of a workspace's root that are applications of their own.
std::vector<std::string> applications_in(const Project& root) {
    std::vector<std::string> applications;
    for (const std::string& member : root.members) {
        const SubTree tree(root.tree->whole(), member);
        const auto project = open_member(tree, root);
        if (!project) continue;
        const Match match = best_match(*project);
        const bool is_library = project->config("vite.config").object("build").has_key("lib");
        const bool starts = project->manifest.script("start") != nullptr;
        if (!is_library && match.strength > 1 && (match.framework->layer != Layer::server_library || starts))
            applications.push_back(member);
    }
    const auto in_apps = [](const std::string& path) {
        return path.starts_with("apps/") || path.find("/apps/") != path.npos;
    };
    if (std::ranges::any_of(applications, in_apps))
        std::erase_if(applications, [&](const std::string& path) { return !in_apps(path); });
    return applications;
}

Result<Plan> plan_workspace(const Project& root, const Overrides& overrides, bool& found) {
    const auto applications = applications_in(root);
    found = !applications.empty();
    if (applications.size() == 1) {
        const SubTree tree(root.tree->whole(), applications.front());
        auto plan = plan_project(tree, overrides);
        if (plan) {
            plan->root_directory = applications.front();
            plan->note("root_directory", applications.front(), "guess", root.manifest.path,
                       "the only application of the workspace");
        }
        return plan;
    }
    std::string names;
    for (const std::string& name : applications) names += (names.empty() ? "" : ", ") + name;
    return fail_field("root_directory",
                      "the repository holds several applications (" + names + "); choose one of them.");
}

Result<Plan> plan_javascript(const SubTree& tree, const Overrides& overrides) {
    Plan plan;
    auto project = open_project(tree, plan);
    if (!project) return std::unexpected(project.error());
    auto match = chosen_match(*project, overrides);
    if (!match) return std::unexpected(match.error());
    const bool is_root = !project->members.empty() && project->workspace_directory == tree.directory();
    const bool weak =
        match->framework == nullptr || match->framework->layer < Layer::server_library || match->strength < 2;
    if (is_root && weak && !overrides.framework && !overrides.start_command) {
        bool found = false;
        auto chosen = plan_workspace(*project, overrides, found);
        if (found) return chosen;
    }
    if (complete_javascript(*project, *match, plan) || overrides.start_command) {
        note_framework(plan, *match, *project, overrides);
        finish_javascript(*project, overrides, plan);
        return plan;
    }
    if (auto site = complete_static_site(*project, plan)) {
        finish_javascript(*project, overrides, *site);
        return *site;
    }
    return fail(
        Code::invalid,
        "There is a package.json, but no known framework, no start script, no entry file such as index.js "
        "and no index.html: set a start command or an output directory.");
}

Result<Plan> plan_project(const SubTree& tree, const Overrides& overrides) {
    const std::string pinned = overrides.framework.value_or("");
    const bool own =
        overrides.dockerfile_path || pinned == "dockerfile" || (pinned.empty() && tree.exists("Dockerfile"));
    if (own) return plan_dockerfile(tree, overrides);
    const bool has_manifest = tree.exists("package.json");
    if (has_manifest && pinned != "static-html") return plan_javascript(tree, overrides);
    if (!pinned.empty() && pinned != "static-html") {
        if (find_framework(pinned) == nullptr && pinned != "node" && pinned != "bun")
            return fail_field("framework", "it is not a framework that is known here.");
        return fail(Code::invalid, "That framework needs a package.json, and there is none.");
    }
    if (auto site = plan_static_site(tree, overrides)) {
        apply(*site, overrides);
        return *site;
    }
    return fail(Code::invalid, "Nothing that can be deployed was found: no Dockerfile, no package.json and "
                               "no index.html (also not in "
                               "public, dist, site, docs or www).");
}

} // namespace

Result<Plan> detect(const FileTree& tree, const Overrides& overrides) {
    const CachedTree cached(tree);
    auto directory = checked_directory(cached, overrides);
    if (!directory) return std::unexpected(directory.error());
    const SubTree project(cached, *directory);
    auto plan = plan_project(project, overrides);
    if (!plan) return plan;
    if (plan->root_directory.empty()) plan->root_directory = *directory;
    if (overrides.root_directory && !directory->empty())
        plan->note("root_directory", *directory, "setting", "", "set for this project");
    if (plan->framework == "dockerfile") apply(*plan, overrides);
    const SubTree chosen(cached, plan->root_directory);
    std::string example;
    plan->environment_keys = read_environment_keys(chosen, example);
    if (!plan->environment_keys.empty())
        plan->note("environment_keys", std::to_string(plan->environment_keys.size()), "file",
                   at(plan->root_directory, example), "the names that it lists");
    return plan;
}

} // namespace panel::framework
