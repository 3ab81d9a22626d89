// Vite, by what it bundles, and the bundlers that are like it. A start script that runs a server of the
// project's own makes it a server: the caller sees to that.
#include "services/framework/framework.hpp"

#include "services/framework/text.hpp"

#include <array>

namespace panel::framework {
namespace {

void inspect_vite(const Project& project, Plan& plan) {
    const ConfigText config = project.config("vite.config");
    const std::string root = config.string("root").value_or("");
    const auto option = build_option(project, "--outDir");
    const auto configured = config.object("build").string("outDir");
    const std::string base = is_plain_path(root) ? root : "";
    if (option || configured || !base.empty()) {
        const auto path = join_path(base, option ? *option : configured.value_or("dist"));
        set_output(plan, path ? std::string_view(*path) : "..",
                   option ? project.manifest.path : config.path(),
                   option       ? "the build script sets --outDir"
                   : configured ? "build.outDir says so"
                                : "root is " + base);
    }
    // With pages or an error page of its own, an unknown address must not be answered with the first page.
    const std::string pages = config.string("publicDir").value_or("public");
    const bool many_pages = config.string("appType") == "mpa" || config.contains(".html");
    const bool error_page = project.tree->exists(pages + "/404.html") || project.tree->exists("404.html");
    if (many_pages || error_page) {
        plan.single_page_app = false;
        plan.note("single_page_app", "false", many_pages ? "config" : "file",
                  many_pages
                      ? config.path()
                      : project.path(project.tree->exists("404.html") ? "404.html" : pages + "/404.html"),
                  many_pages ? "it has several pages" : "it has an error page of its own");
    }
}

void inspect_rsbuild(const Project& project, Plan& plan) {
    const ConfigText config = project.config("rsbuild.config");
    if (const auto directory = config.object("distPath").string("root"))
        set_output(plan, *directory, config.path(), "output.distPath.root says so");
}

void inspect_parcel(const Project& project, Plan& plan) {
    if (const auto option = build_option(project, "--dist-dir"))
        set_output(plan, *option, project.manifest.path, "the build script sets --dist-dir");
}

void inspect_webpack(const Project& project, Plan& plan) {
    const ConfigText config = project.config("webpack.config");
    if (const auto directory = config.object("output").string("path"))
        set_output(plan, *directory, config.path(), "output.path says so");
}

Framework vite(std::string_view id, std::string_view name, std::vector<std::string_view> with) {
    Framework entry{.id = id,
                    .name = name,
                    .layer = Layer::application_tool,
                    .any_of = std::move(with),
                    .all_of = {"vite"},
                    .kind = "static",
                    .build_program = "vite build",
                    .output_dir = "dist",
                    .single_page_app = true,
                    .cache_directories = {"node_modules/.vite"},
                    .inspect = inspect_vite};
    return entry;
}

Framework plain_vite() {
    Framework entry = vite("vite", "Vite", {"vite"});
    entry.configs = {"vite.config"};
    return entry;
}

} // namespace

std::span<const Framework> vite_family() {
    static const std::array table{
        vite("vite-react", "Vite + React",
             {"@vitejs/plugin-react", "@vitejs/plugin-react-swc", "@vitejs/plugin-react-oxc", "react"}),
        vite("vite-vue", "Vite + Vue", {"@vitejs/plugin-vue", "@vitejs/plugin-vue2", "vue"}),
        vite("vite-svelte", "Vite + Svelte", {"@sveltejs/vite-plugin-svelte", "svelte"}),
        vite("vite-solid", "Vite + Solid", {"vite-plugin-solid", "solid-js"}),
        vite("vite-preact", "Vite + Preact", {"@preact/preset-vite", "preact"}),
        vite("vite-lit", "Vite + Lit", {"lit"}),
        plain_vite(),
        Framework{.id = "rsbuild",
                  .name = "Rsbuild",
                  .layer = Layer::application_tool,
                  .any_of = {"@rsbuild/core"},
                  .configs = {"rsbuild.config"},
                  .kind = "static",
                  .build_program = "rsbuild build",
                  .output_dir = "dist",
                  .single_page_app = true,
                  .inspect = inspect_rsbuild},
        Framework{.id = "parcel",
                  .name = "Parcel",
                  .layer = Layer::bundler,
                  .any_of = {"parcel", "parcel-bundler"},
                  .configs = {".parcelrc"},
                  .kind = "static",
                  .build_program = "parcel build",
                  .output_dir = "dist",
                  .single_page_app = true,
                  .cache_directories = {".parcel-cache"},
                  .inspect = inspect_parcel},
        Framework{.id = "webpack",
                  .name = "webpack",
                  .layer = Layer::bundler,
                  .any_of = {"webpack-dev-server", "html-webpack-plugin"},
                  .all_of = {"webpack"},
                  .kind = "static",
                  .build_program = "webpack --mode production",
                  .output_dir = "dist",
                  .single_page_app = true,
                  .cache_directories = {"node_modules/.cache"},
                  .inspect = inspect_webpack},
    };
    return table;
}

} // namespace panel::framework
