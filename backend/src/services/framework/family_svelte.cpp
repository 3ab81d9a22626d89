// SvelteKit. The adapter decides what a build makes; one that is made for another platform (or for none:
// adapter-auto, the default of the template) is replaced by adapter-node when the image is built.
#include "services/framework/framework.hpp"

#include "services/framework/semver.hpp"

#include <array>

namespace panel::framework {
namespace {

constexpr std::array<std::string_view, 6> foreign_adapters{"@sveltejs/adapter-auto",
                                                           "@sveltejs/adapter-vercel",
                                                           "@sveltejs/adapter-netlify",
                                                           "@sveltejs/adapter-cloudflare",
                                                           "@sveltejs/adapter-cloudflare-workers",
                                                           "svelte-adapter-bun"};

// Kit up to 2.62 is configured in svelte.config.js, newer ones in vite.config.
ConfigText adapter_config(const Project& project) {
    for (const std::string_view stem : {"svelte.config", "vite.config"}) {
        auto config = project.config(stem);
        if (config.contains("adapter")) return config;
    }
    return {};
}

std::string adapter_in_use(const Project& project, const ConfigText& config) {
    for (const std::string_view adapter : {"@sveltejs/adapter-node", "@sveltejs/adapter-static"})
        if (config.contains(adapter)) return std::string(adapter);
    for (const std::string_view adapter : foreign_adapters)
        if (config.contains(adapter)) return std::string(adapter);
    for (const std::string_view adapter : {"@sveltejs/adapter-node", "@sveltejs/adapter-static"})
        if (project.wants(adapter) != nullptr) return std::string(adapter);
    for (const std::string_view adapter : foreign_adapters)
        if (project.wants(adapter) != nullptr) return std::string(adapter);
    return {};
}

// adapter-node's majors follow Kit's: 1 -> 1, 2 before 2.4 -> 3, 2 -> 5, 3 -> 6.
std::string adapter_node_for(const Project& project) {
    const std::string* wanted = project.wants("@sveltejs/kit");
    const auto range = wanted != nullptr ? VersionRange::parse(*wanted) : std::nullopt;
    if (!range || range->is_any()) return "@sveltejs/adapter-node";
    switch (range->lowest().major) {
    case 1: return "@sveltejs/adapter-node@1";
    case 2:
        // A lock file may hold an older Kit than the range allows, never one below its lower end.
        return range->contains_newest_of(2) ? "@sveltejs/adapter-node@5" : "@sveltejs/adapter-node@3";
    case 3: return "@sveltejs/adapter-node@6";
    default: return "@sveltejs/adapter-node";
    }
}

void serve_by_node(const Project& project, Plan& plan, const ConfigText& options) {
    std::string output = "build";
    if (const auto out = options.string("out")) {
        set_output(plan, *out, options.path(), "adapter-node writes to it");
        output = plan.output_dir.value_or(output);
    }
    const std::string prefix = options.string("envPrefix").value_or("");
    plan.output_dir = output;
    make_server(plan, "node " + output);
    // Behind our proxy the request's own address is in these headers; without them SvelteKit refuses every
    // form.
    plan.recipe.runtime_environment = {{prefix + "PROTOCOL_HEADER", "x-forwarded-proto"},
                                       {prefix + "HOST_HEADER", "x-forwarded-host"}};
    if (!prefix.empty())
        for (const auto& [name, value] : {std::pair("HOST", "0.0.0.0"), std::pair("PORT", "3000")})
            plan.recipe.runtime_environment.emplace_back(prefix + name, value);
    plan.recipe.runtime_files = {{output, output}, {"package.json", "package.json"}};
    // adapter-node bundles development packages and leaves the others to node_modules.
    plan.recipe.dependencies =
        project.manifest.dependencies.empty() ? Dependencies::none : Dependencies::production;
}

void serve_files(Plan& plan, const ConfigText& options) {
    make_static(plan, "build");
    if (const auto pages = options.string("pages"))
        set_output(plan, *pages, options.path(), "adapter-static writes to it");
    if (const auto fallback = options.string("fallback"); fallback && *fallback != "404.html") {
        plan.single_page_app = true;
        plan.fallback_page = *fallback;
        plan.note("single_page_app", "true", "config", options.path(),
                  "adapter-static has the fallback " + *fallback);
    }
}

void inspect_sveltekit(const Project& project, Plan& plan) {
    const ConfigText config = adapter_config(project);
    const std::string adapter = adapter_in_use(project, config);
    const ConfigText options = config.arguments("adapter");
    if (adapter == "@sveltejs/adapter-static") {
        serve_files(plan, options);
        plan.note("kind", "static", "config", config.path(), "adapter-static writes files only");
    } else if (adapter == "@sveltejs/adapter-node") {
        serve_by_node(project, plan, options);
        plan.note("kind", "server", "config", config.path(), "adapter-node makes a Node server");
    } else {
        serve_by_node(project, plan, ConfigText{});
        plan.recipe.adapter_package = adapter_node_for(project);
        plan.recipe.replaced_adapter = adapter.empty() ? "@sveltejs/adapter-auto" : adapter;
        plan.note("kind", "server", "config", config.path(),
                  plan.recipe.replaced_adapter + " is replaced by adapter-node while building");
        if (!adapter.empty() && adapter != "@sveltejs/adapter-auto")
            plan.warnings.push_back(adapter +
                                    " is made for another platform; adapter-node is used in its place here.");
        if (adapter.empty())
            plan.warnings.push_back(
                "No SvelteKit adapter is configured: add @sveltejs/adapter-node, or nothing can be started.");
    }
}

} // namespace

std::span<const Framework> svelte_family() {
    static const std::array table{
        Framework{.id = "sveltekit",
                  .name = "SvelteKit",
                  .layer = Layer::meta_framework,
                  .any_of = {"@sveltejs/kit"},
                  .build_program = "vite build",
                  .output_dir = "build",
                  .start_command = "node build",
                  .cache_directories = {"node_modules/.vite"},
                  .inspect = inspect_sveltekit},
    };
    return table;
}

} // namespace panel::framework
