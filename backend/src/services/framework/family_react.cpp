// Next.js, React Router (the framework, not the library), Remix, TanStack Start, Gatsby, Create React App.
#include "services/framework/framework.hpp"

#include "services/framework/command.hpp"
#include "services/framework/text.hpp"

#include <array>

namespace panel::framework {
namespace {

void inspect_next(const Project& project, Plan& plan) {
    const ConfigText config = project.config("next.config");
    const auto output = config.string("output");
    const std::string directory = config.string("distDir").value_or("");
    if (output == "export" || build_script_runs(project, "next export")) {
        make_static(plan, "out");
        if (!directory.empty() && output == "export")
            set_output(plan, directory, config.path(), "distDir is where the export goes");
        plan.note("kind", "static", output ? "config" : "script",
                  output ? config.path() : project.manifest.path, "Next.js exports files");
        return;
    }
    if (!directory.empty()) set_output(plan, directory, config.path(), "distDir says so");
    const std::string build = plan.output_dir.value_or(".next");
    plan.recipe.cache_directories = {build + "/cache"};
    // Docker sets HOSTNAME to the container's name, which the standalone server would bind to.
    plan.recipe.runtime_environment = {{"HOSTNAME", "0.0.0.0"}, {"NEXT_TELEMETRY_DISABLED", "1"}};
    if (output != "standalone" || project.in_workspace()) return;
    plan.start_command = "node server.js";
    plan.recipe.dependencies = Dependencies::none;
    plan.recipe.runtime_files = {{build + "/standalone", "."}, {build + "/static", build + "/static"}};
    if (project.tree->exists("public")) plan.recipe.runtime_files.emplace_back("public", "public");
    plan.note("start_command", "node server.js", "config", config.path(),
              "output: 'standalone' writes its own server");
}

void inspect_react_router(const Project& project, Plan& plan) {
    const ConfigText config = project.config("react-router.config");
    const std::string build = config.string("buildDirectory").value_or("build");
    if (config.boolean("ssr") == false) {
        make_static(plan, "build/client");
        if (build != "build") set_output(plan, build + "/client", config.path(), "buildDirectory says so");
        plan.single_page_app = true;
        plan.fallback_page = config.has_key("prerender") ? "__spa-fallback.html" : "index.html";
        plan.note("kind", "static", "config", config.path(), "ssr: false leaves nothing to run");
    } else if (is_plain_path(build)) {
        plan.output_dir = build;
        make_server(plan, "react-router-serve ./" + build + "/server/index.js");
    }
}

void inspect_remix(const Project& project, Plan& plan) {
    const bool vite = project.wants("vite") != nullptr;
    plan.output_dir = "build";
    if (vite && project.config("vite.config").boolean("ssr") == false) {
        make_static(plan, "build/client");
        plan.single_page_app = true;
        plan.fallback_page = "index.html";
        return;
    }
    make_server(plan, vite ? "remix-serve ./build/server/index.js" : "remix-serve ./build/index.js");
}

void inspect_gatsby(const Project&, Plan& plan) { make_static(plan, "public"); }

void inspect_cra(const Project& project, Plan& plan) {
    for (const auto& part :
         command_parts(project.manifest.script("build") != nullptr ? *project.manifest.script("build") : ""))
        for (const std::string& word : part)
            if (word.starts_with("BUILD_PATH="))
                set_output(plan, std::string_view(word).substr(11), project.manifest.path,
                           "the build script sets BUILD_PATH");
}

} // namespace

std::span<const Framework> react_family() {
    static const std::array table{
        Framework{.id = "nextjs",
                  .name = "Next.js",
                  .layer = Layer::meta_framework,
                  .any_of = {"next"},
                  .configs = {"next.config"},
                  .build_program = "next build",
                  .output_dir = ".next",
                  .start_command = "next start",
                  .build_environment = {{"NEXT_TELEMETRY_DISABLED", "1"}},
                  .inspect = inspect_next},
        Framework{.id = "tanstack-start",
                  .name = "TanStack Start",
                  .layer = Layer::meta_framework,
                  .any_of = {"@tanstack/react-start", "@tanstack/solid-start", "@tanstack/start"},
                  .build_program = "vite build",
                  .output_dir = ".output",
                  .start_command = "node .output/server/index.mjs"},
        Framework{.id = "react-router",
                  .name = "React Router",
                  .layer = Layer::meta_framework,
                  .any_of = {"@react-router/dev"},
                  .configs = {"react-router.config"},
                  .build_program = "react-router build",
                  .output_dir = "build",
                  .start_command = "react-router-serve ./build/server/index.js",
                  .cache_directories = {"node_modules/.vite"},
                  .inspect = inspect_react_router},
        Framework{.id = "remix",
                  .name = "Remix",
                  .layer = Layer::meta_framework,
                  .any_of = {"@remix-run/dev"},
                  .configs = {"remix.config"},
                  .build_program = "remix vite:build",
                  .output_dir = "build",
                  .start_command = "remix-serve ./build/server/index.js",
                  .inspect = inspect_remix},
        Framework{.id = "gatsby",
                  .name = "Gatsby",
                  .layer = Layer::meta_framework,
                  .any_of = {"gatsby"},
                  .configs = {"gatsby-config"},
                  .kind = "static",
                  .build_program = "gatsby build",
                  .output_dir = "public",
                  .cache_directories = {".cache"},
                  .build_environment = {{"GATSBY_TELEMETRY_DISABLED", "1"}},
                  .inspect = inspect_gatsby},
        Framework{.id = "cra",
                  .name = "Create React App",
                  .layer = Layer::application_tool,
                  .any_of = {"react-scripts"},
                  .kind = "static",
                  .build_program = "react-scripts build",
                  .output_dir = "build",
                  .single_page_app = true,
                  .cache_directories = {"node_modules/.cache"},
                  // With CI=true it turns every warning into a failed build.
                  .build_environment = {{"CI", "false"}},
                  .inspect = inspect_cra},
    };
    return table;
}

} // namespace panel::framework
