// Nuxt and Vue CLI.
#include "services/framework/framework.hpp"

#include <array>

namespace panel::framework {
namespace {

bool generates_files(const Project& project, const ConfigText& config) {
    if (build_script_runs(project, "nuxt generate") || build_script_runs(project, "nuxi generate") ||
        build_script_runs(project, "nuxt build --prerender") ||
        build_script_runs(project, "nuxi build --prerender"))
        return true;
    const auto preset = config.object("nitro").string("preset");
    return preset == "static" || preset == "github-pages" || preset == "github_pages";
}

void inspect_nuxt_2(const Project& project, Plan& plan, const ConfigText& config) {
    const bool files = config.string("target") == "static" || build_script_runs(project, "nuxt generate");
    plan.recipe.runtime_files.clear();
    if (files) {
        make_static(plan, "dist");
        if (!build_script_runs(project, "generate") && !project.manifest.scripts.contains("generate"))
            plan.build_command = project.manager.exec_command("nuxt generate");
        else if (project.manifest.scripts.contains("generate"))
            plan.build_command = project.manager.run_command("generate");
    } else {
        plan.output_dir = ".nuxt";
        make_server(plan, "nuxt start");
        plan.recipe.dependencies = Dependencies::production;
    }
}

void inspect_nuxt(const Project& project, Plan& plan) {
    const ConfigText config = project.config("nuxt.config");
    plan.recipe.dependencies = Dependencies::none;
    plan.recipe.runtime_files = {{".output", ".output"}};
    if (const int major = project.wanted_major("nuxt");
        major == 2 || (major == 0 && project.wants("nuxt-edge") != nullptr)) {
        inspect_nuxt_2(project, plan, config);
        return;
    }
    if (!generates_files(project, config)) return;
    make_static(plan, ".output/public");
    plan.note("kind", "static", config.object("nitro").string("preset") ? "config" : "script",
              config.object("nitro").string("preset") ? config.path() : project.manifest.path,
              "the build generates files only");
    if (config.boolean("ssr") == false) {
        plan.single_page_app = true;
        plan.fallback_page = "200.html";
        plan.note("single_page_app", "true", "config", config.path(), "ssr: false renders in the browser");
    }
}

void inspect_vue_cli(const Project& project, Plan& plan) {
    const ConfigText config = project.config("vue.config");
    if (const auto option = build_option(project, "--dest"))
        set_output(plan, *option, project.manifest.path, "the build script sets --dest");
    else if (const auto directory = config.string("outputDir"))
        set_output(plan, *directory, config.path(), "outputDir says so");
}

} // namespace

std::span<const Framework> vue_family() {
    static const std::array table{
        Framework{.id = "nuxt",
                  .name = "Nuxt",
                  .layer = Layer::meta_framework,
                  .any_of = {"nuxt", "nuxt3", "nuxt-edge", "nuxt-nightly"},
                  .configs = {"nuxt.config"},
                  .build_program = "nuxt build",
                  .output_dir = ".output",
                  .start_command = "node .output/server/index.mjs",
                  .cache_directories = {"node_modules/.cache"},
                  .build_environment = {{"NUXT_TELEMETRY_DISABLED", "1"}},
                  .inspect = inspect_nuxt},
        Framework{.id = "vue-cli",
                  .name = "Vue CLI",
                  .layer = Layer::application_tool,
                  .any_of = {"@vue/cli-service"},
                  .configs = {"vue.config"},
                  .kind = "static",
                  .build_program = "vue-cli-service build",
                  .output_dir = "dist",
                  .single_page_app = true,
                  .cache_directories = {"node_modules/.cache"},
                  .inspect = inspect_vue_cli},
    };
    return table;
}

} // namespace panel::framework
