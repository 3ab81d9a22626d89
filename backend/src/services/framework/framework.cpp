#include "services/framework/framework.hpp"

#include "services/framework/command.hpp"
#include "services/framework/text.hpp"

#include <algorithm>

namespace panel::framework {
namespace {

// The package of the entry that is wanted, by the given manifest alone; null unless the whole entry is met.
const std::string_view* wanted_package(const Framework& framework, const Manifest& manifest) {
    const auto wants = [&](std::string_view package) { return manifest.wants(package) != nullptr; };
    if (framework.any_of.empty() || !std::ranges::all_of(framework.all_of, wants)) return nullptr;
    const auto found = std::ranges::find_if(framework.any_of, wants);
    return found == framework.any_of.end() ? nullptr : &*found;
}

std::string list_holding(const Manifest& manifest, std::string_view package) {
    return manifest.dependencies.contains(package) ? "dependencies" : "devDependencies";
}

std::optional<std::string> distinctive_file(const Framework& framework, const Project& project) {
    for (const std::string_view config : framework.configs) {
        if (config.find('.', 1) != config.npos && project.tree->exists(config)) return project.path(config);
        if (const auto text = project.config(config); !text.path().empty()) return text.path();
    }
    return std::nullopt;
}

Match match(const Framework& framework, const Project& project) {
    if (const auto* package = wanted_package(framework, project.manifest))
        return {&framework, 3, "dependency", project.manifest.path,
                list_holding(project.manifest, *package) + " has " + std::string(*package)};
    if (const auto file = distinctive_file(framework, project))
        return {&framework, 2, "config", *file, "only " + std::string(framework.name) + " reads it"};
    if (project.workspace && framework.layer > Layer::server_library)
        if (const auto* package = wanted_package(framework, *project.workspace))
            return {&framework, 1, "dependency", project.workspace->path,
                    "the workspace has " + std::string(*package)};
    return {};
}

} // namespace

std::vector<const Framework*> all_frameworks() {
    std::vector<const Framework*> all;
    for (const auto family : {svelte_family(), react_family(), vue_family(), angular_family(), astro_family(),
                              content_family(), vite_family(), server_family()})
        for (const Framework& framework : family) all.push_back(&framework);
    return all;
}

const Framework* find_framework(std::string_view id) {
    const auto all = all_frameworks();
    const auto found =
        std::ranges::find_if(all, [&](const Framework* framework) { return framework->id == id; });
    return found == all.end() ? nullptr : *found;
}

Match best_match(const Project& project) {
    Match best;
    for (const Framework* framework : all_frameworks()) {
        Match found = match(*framework, project);
        if (found.framework == nullptr) continue;
        const auto rank = [](const Match& m) { return std::pair(m.framework->layer, m.strength); };
        // A hoisted package alone says little: it must not lift a member above what its own manifest says.
        const bool weak = best.framework != nullptr && found.strength == 1 && best.strength > 1;
        const bool beats_weak = best.framework != nullptr && best.strength == 1 && found.strength > 1;
        if (best.framework == nullptr || beats_weak || (!weak && rank(found) > rank(best)))
            best = std::move(found);
    }
    return best;
}

void make_static(Plan& plan, std::string output_dir) {
    plan.kind = "static";
    plan.output_dir = std::move(output_dir);
    plan.start_command.reset();
    plan.port.reset();
}

void make_server(Plan& plan, std::string start_command) {
    plan.kind = "server";
    plan.single_page_app = false;
    plan.fallback_page.reset();
    plan.start_command = std::move(start_command);
}

void set_output(Plan& plan, std::string_view output, const std::string& file, std::string detail) {
    const auto path = join_path("", output);
    if (!path || !is_plain_path(output)) {
        plan.warnings.push_back(file + " names an output directory outside of the project; set it by hand.");
        return;
    }
    plan.output_dir = path->empty() ? "." : *path;
    plan.note("output_dir", *plan.output_dir, "config", file, std::move(detail));
}

std::optional<std::string> build_option(const Project& project, std::string_view name) {
    const std::string* script = project.manifest.script("build");
    if (script == nullptr) return std::nullopt;
    const auto resolved = resolve_script(project.manifest, "build");
    const auto words = command_words(resolved ? *resolved : *script);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == name && i + 1 < words.size()) return words[i + 1];
        if (word.starts_with(name) && word.size() > name.size() && word[name.size()] == '=')
            return std::string(word.substr(name.size() + 1));
    }
    return std::nullopt;
}

bool build_script_runs(const Project& project, std::string_view text) {
    const std::string* script = project.manifest.script("build");
    if (script == nullptr) return false;
    if (script->find(text) != std::string::npos) return true;
    const auto resolved = resolve_script(project.manifest, "build");
    return resolved && resolved->find(text) != std::string::npos;
}

} // namespace panel::framework
