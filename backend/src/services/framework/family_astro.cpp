// Astro: static unless a server adapter is configured.
#include "services/framework/framework.hpp"

#include "services/framework/text.hpp"

#include <array>

namespace panel::framework {
namespace {

void serve_by_node(Plan& plan, const ConfigText& config) {
    const std::string directory = plan.output_dir.value_or("dist");
    make_server(plan, "node ./" + directory + "/server/entry.mjs");
    plan.recipe.runtime_files = {{directory, directory}, {"package.json", "package.json"}};
    plan.note("kind", "server", "config", config.path(), "the adapter @astrojs/node makes a server");
    if (config.arguments("node").string("mode") == "middleware")
        plan.warnings.push_back("@astrojs/node is in middleware mode, which starts no server: set mode to "
                                "standalone or a start command.");
}

void inspect_astro(const Project& project, Plan& plan) {
    const ConfigText config = project.config("astro.config");
    if (const auto directory = config.string("outDir"))
        set_output(plan, *directory, config.path(), "outDir says so");
    else if (const auto option = build_option(project, "--outDir"))
        set_output(plan, *option, project.manifest.path, "the build script sets --outDir");
    const auto output = config.string("output");
    const bool wants_server = output == "server" || output == "hybrid";
    const bool has_adapter = config.has_key("adapter");
    if (config.contains("@astrojs/node") && has_adapter && (wants_server || output != "static")) {
        serve_by_node(plan, config);
        return;
    }
    make_static(plan, plan.output_dir.value_or("dist"));
    if (wants_server)
        plan.warnings.push_back("Astro renders on a server, but not with @astrojs/node: only what is built "
                                "as files can be served.");
    else
        plan.note("kind", "static", config.empty() ? "default" : "config", config.path(),
                  "Astro writes files unless an adapter is configured");
}

} // namespace

std::span<const Framework> astro_family() {
    static const std::array table{
        Framework{.id = "astro",
                  .name = "Astro",
                  .layer = Layer::meta_framework,
                  .any_of = {"astro"},
                  .configs = {"astro.config"},
                  .kind = "static",
                  .build_program = "astro build",
                  .output_dir = "dist",
                  .port = 4321,
                  .cache_directories = {"node_modules/.astro"},
                  .build_environment = {{"ASTRO_TELEMETRY_DISABLED", "1"}},
                  .inspect = inspect_astro},
    };
    return table;
}

} // namespace panel::framework
