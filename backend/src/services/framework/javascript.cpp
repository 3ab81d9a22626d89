#include "services/framework/javascript.hpp"

#include "services/framework/command.hpp"
#include "services/framework/node_version.hpp"
#include "services/framework/start.hpp"
#include "services/framework/text.hpp"

#include <algorithm>

namespace panel::framework {
namespace {

void choose_install(const Project& project, Plan& plan) {
    plan.package_manager = project.manager.name();
    plan.install_command = project.manager.install_command();
    if (project.manager.frozen)
        plan.note("install_command", *plan.install_command, "lockfile", project.manager.lock_file,
                  "exactly what the lock file holds");
    else
        plan.note("install_command", *plan.install_command, "default", "",
                  "there is no lock file beside the manifest");
}

void choose_build(const Project& project, const Framework* framework, Plan& plan) {
    if (project.manifest.script("build") != nullptr) {
        plan.build_command = project.manager.run_command("build");
        plan.note("build_command", *plan.build_command, "script", project.manifest.path, "scripts has build");
    } else if (framework != nullptr && !framework->build_program.empty()) {
        plan.build_command = project.manager.exec_command(framework->build_program);
        plan.note("build_command", *plan.build_command, "default", "",
                  "how " + std::string(framework->name) + " is built");
    }
}

// In a workspace the packages that this one needs are built first.
void build_in_workspace(const Project& project, Plan& plan) {
    if (!project.workspace || project.manifest.script("build") == nullptr || project.manifest.name.empty() ||
        !is_printable(project.manifest.name))
        return;
    const std::string name = shell_quote(project.manifest.name);
    const std::string shown = name.find_first_of(" $`\\&|;<>*?(){}[]!#~\"") == name.npos && name.size() > 2
                                  ? project.manifest.name
                                  : name;
    const SubTree& tree = *project.tree;
    const std::string root = project.workspace_directory.empty() ? "" : project.workspace_directory + "/";
    if (tree.whole().exists(root + "turbo.json") && project.workspace->wants("turbo") != nullptr) {
        plan.build_command = "turbo run build --filter=" + shown;
        plan.note("build_command", *plan.build_command, "config", root + "turbo.json",
                  "Turborepo builds what it needs first");
    } else if (project.manager.manager == Manager::pnpm) {
        plan.build_command =
            "pnpm --filter " +
            (shown == project.manifest.name ? shown + "..." : shell_quote(project.manifest.name + "...")) +
            " run build";
        plan.note("build_command", *plan.build_command, "config", root + "pnpm-workspace.yaml",
                  "with the packages that it needs");
    } else {
        return;
    }
    plan.recipe.build_directory = project.workspace_directory;
}

void add_system_packages(const Project& project, Plan& plan) {
    auto& packages = plan.recipe.system_packages;
    for (const Names* list : {&project.manifest.dependencies, &project.manifest.development})
        for (const auto& [name, version] : *list) {
            const bool short_form = version.find('/') != version.npos && !version.starts_with("npm:") &&
                                    !version.starts_with("file:") && !version.starts_with("link:") &&
                                    !version.starts_with("workspace:") && !version.starts_with("http");
            if (short_form || version.starts_with("git") || version.ends_with(".git"))
                packages = {"ca-certificates", "git"};
        }
    if (project.wants("@prisma/client") != nullptr || project.wants("prisma") != nullptr) {
        std::erase(packages, "ca-certificates");
        packages.insert(packages.end(), {"ca-certificates", "openssl"});
        // prisma generate writes into node_modules, in an install script or in the build.
        plan.recipe.dependencies = Dependencies::all;
    }
}

// Install scripts that do nothing harmful without the sources; all others need them.
bool is_harmless_script(std::string_view script) {
    script = trim(script);
    for (const std::string_view tail : {"|| echo ''", "|| echo \"\"", "|| true", "|| exit 0"})
        if (script.ends_with(tail)) script = trim(script.substr(0, script.size() - tail.size()));
    for (const std::string_view known :
         {"svelte-kit sync", "husky", "husky install", "simple-git-hooks", "nuxt prepare", "nuxi prepare"})
        if (script == known) return true;
    return script.starts_with("npx only-allow ") || script.starts_with("npx -y only-allow ");
}

bool has_harmful_script(const Manifest& manifest) {
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"preinstall", "install", "postinstall", "prepare"},
        [&](std::string_view name) {
            const auto* script = manifest.script(name);
            return script != nullptr && !is_harmless_script(*script);
        });
}

bool has_local_package(const Manifest& manifest) {
    for (const Names* list : {&manifest.dependencies, &manifest.development})
        for (const auto& [name, version] : *list)
            if (version.starts_with("file:") || version.starts_with("link:") ||
                version.starts_with("portal:") || version.starts_with("patch:"))
                return true;
    return false;
}

void add_manifest(const Project& project, std::string path, Recipe& recipe) {
    const bool directory = path.ends_with('/');
    const std::string name = directory ? path.substr(0, path.size() - 1) : path;
    if (!project.tree->whole().exists(name)) return;
    if (!is_plain_path(name))
        recipe.copy_sources_first = true;
    else if (std::ranges::find(recipe.manifests, path) == recipe.manifests.end())
        recipe.manifests.push_back(std::move(path));
}

// The files that the install step reads. When any of them cannot be told, all sources are copied first:
// slower, never wrong.
void list_manifests(const Project& project, Recipe& recipe) {
    constexpr std::size_t most_manifests = 40; // an image has at most 127 layers
    const std::string root = project.workspace_directory.empty() ? "" : project.workspace_directory + "/";
    for (const std::string_view name :
         {"package.json", ".npmrc", ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml", ".pnpmfile.cjs",
          "bunfig.toml", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock",
          "bun.lock", "bun.lockb", ".yarn/"}) {
        const bool is_lock = name.find("lock") != name.npos || name == "npm-shrinkwrap.json";
        if (!is_lock || root + std::string(name) == project.manager.lock_file)
            add_manifest(project, root + std::string(name), recipe);
    }
    for (const std::string& member : project.members) {
        const std::string path = member + "/package.json";
        add_manifest(project, path, recipe);
        const auto text = project.tree->whole().read(path);
        const auto manifest =
            text ? parse_manifest(*text, path) : Result<Manifest>(fail(Code::not_found, ""));
        if (!manifest || has_harmful_script(*manifest) || has_local_package(*manifest))
            recipe.copy_sources_first = true;
    }
    if (!project.members_complete || recipe.manifests.size() > most_manifests)
        recipe.copy_sources_first = true;
    for (const Manifest* manifest : project.manifests())
        if (has_harmful_script(*manifest) || has_local_package(*manifest) || manifest->has_patches) {
            recipe.copy_sources_first = true;
            recipe.install_reads_environment |= has_harmful_script(*manifest);
        }
    if (recipe.copy_sources_first) recipe.manifests.clear();
    for (const std::string_view name : {".npmrc", ".yarnrc.yml", "bunfig.toml"})
        if (const auto text = project.tree->whole().read(root + std::string(name));
            text && text->find("$") != text->npos)
            recipe.install_reads_environment = true;
}

} // namespace

bool complete_javascript(const Project& project, const Match& match, Plan& plan) {
    const Framework* framework = match.framework;
    plan.language = "javascript";
    plan.runtime = "node";
    plan.kind = framework != nullptr ? std::string(framework->kind) : "server";
    plan.recipe.install_directory = project.workspace_directory;
    plan.recipe.build_directory = project.tree->directory();
    choose_install(project, plan);
    choose_build(project, framework, plan);
    choose_node_version(*project.tree, project.manifests(), plan);
    build_in_workspace(project, plan);
    plan.recipe.build_environment = {{"CI", "true"}};
    if (framework != nullptr) {
        plan.framework = framework->id;
        plan.framework_name = framework->name;
        if (!framework->output_dir.empty()) plan.output_dir = std::string(framework->output_dir);
        if (plan.kind == "server" && !framework->start_command.empty())
            plan.start_command = std::string(framework->start_command);
        plan.single_page_app = framework->single_page_app;
        for (const auto& directory : framework->cache_directories)
            plan.recipe.cache_directories.emplace_back(directory);
        for (const auto& variable : framework->build_environment) {
            std::erase_if(plan.recipe.build_environment,
                          [&](const auto& v) { return v.first == variable.first; });
            plan.recipe.build_environment.push_back(variable);
        }
        if (framework->inspect != nullptr) framework->inspect(project, plan);
    } else {
        plan.framework = "node";
        plan.framework_name = "Node.js";
    }
    add_system_packages(project, plan);
    if (!choose_start(project, framework, plan)) return false;
    if (plan.single_page_app && !plan.fallback_page) plan.fallback_page = "index.html";
    if (plan.output_dir &&
        std::ranges::none_of(plan.evidence, [](const Evidence& e) { return e.field == "output_dir"; }))
        plan.note("output_dir", *plan.output_dir, "default", "",
                  "where " + plan.framework_name + " writes to");
    return true;
}

void complete_recipe(const Project& project, const Overrides& overrides, Plan& plan) {
    Recipe& recipe = plan.recipe;
    recipe.manager_package = project.manager.package();
    if (!overrides.install_command) recipe.install_script = project.manager.install_script();
    recipe.prune_command = project.manager.prune_command();
    list_manifests(project, recipe);
    if (overrides.install_command) {
        // Whatever the user's own command reads must be there, and how to prune after it is not known.
        recipe.copy_sources_first = true;
        recipe.manifests.clear();
        recipe.install_reads_environment = true;
        if (recipe.dependencies == Dependencies::production) recipe.dependencies = Dependencies::all;
    }
    if (recipe.prune_command.empty() && recipe.dependencies == Dependencies::production)
        recipe.dependencies = Dependencies::all;
    // An unknown output may hold anything: the whole build is taken, as the user's command left it.
    if (overrides.output_dir || overrides.start_command || overrides.build_command)
        if (plan.kind == "server" && recipe.dependencies != Dependencies::none) recipe.runtime_files.clear();
    if (project.manager.manager == Manager::yarn && project.manager.berry)
        recipe.build_environment.insert(recipe.build_environment.end(), {{"YARN_NODE_LINKER", "node-modules"},
                                                                         {"YARN_ENABLE_TELEMETRY", "0"}});
    if (plan.kind == "server") settle_process(project, plan);
}

} // namespace panel::framework
