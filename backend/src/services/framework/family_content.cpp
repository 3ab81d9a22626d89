// Generators of documentation and other content sites: always files.
#include "services/framework/framework.hpp"

#include "services/framework/command.hpp"
#include "services/framework/text.hpp"

#include <array>

namespace panel::framework {
namespace {

// vitepress build docs -> docs/.vitepress/dist: the directory is the script's argument.
void inspect_vitepress(const Project& project, Plan& plan) {
    const bool vuepress = plan.framework == "vuepress";
    const std::string program = vuepress ? "vuepress" : "vitepress";
    std::string root;
    for (const auto& script : project.manifest.scripts)
        for (const auto& part : command_parts(script.second))
            if (part.size() >= 2 && part[0] == program && part[1] == "build" && part.size() > 2 &&
                !part[2].starts_with("-"))
                root = part[2];
    if (root.empty() && !project.tree->exists("." + program))
        for (const std::string_view directory : {"docs", "src", "documentation"})
            if (project.tree->exists(std::string(directory) + "/." + program)) root = directory;
    const auto base = is_plain_path(root) ? join_path("", root) : std::nullopt;
    const std::string output = (base && !base->empty() ? *base + "/" : "") + "." + program + "/dist";
    make_static(plan, output);
    if (base && !base->empty())
        plan.note("output_dir", output, "script", project.manifest.path, program + " builds " + *base);
    for (const std::string_view script : {"docs:build", "build:docs"})
        if (project.manifest.script("build") == nullptr && project.manifest.script(script) != nullptr) {
            plan.build_command = project.manager.run_command(script);
            plan.note("build_command", *plan.build_command, "script", project.manifest.path,
                      "the script builds the site");
        }
}

void inspect_eleventy(const Project& project, Plan& plan) {
    for (const std::string_view stem : {".eleventy", "eleventy.config"}) {
        const ConfigText config = project.config(stem);
        if (const auto directory = config.object("dir").string("output"))
            set_output(plan, *directory, config.path(), "dir.output says so");
    }
    if (const auto option = build_option(project, "--output"))
        set_output(plan, *option, project.manifest.path, "the build script sets --output");
}

} // namespace

std::span<const Framework> content_family() {
    static const std::array table{
        Framework{.id = "docusaurus",
                  .name = "Docusaurus",
                  .layer = Layer::site_generator,
                  .any_of = {"@docusaurus/core"},
                  .configs = {"docusaurus.config"},
                  .kind = "static",
                  .build_program = "docusaurus build",
                  .output_dir = "build",
                  .cache_directories = {"node_modules/.cache"}},
        Framework{.id = "vitepress",
                  .name = "VitePress",
                  .layer = Layer::site_generator,
                  .any_of = {"vitepress"},
                  .kind = "static",
                  .build_program = "vitepress build",
                  .output_dir = ".vitepress/dist",
                  .inspect = inspect_vitepress},
        Framework{.id = "vuepress",
                  .name = "VuePress",
                  .layer = Layer::site_generator,
                  .any_of = {"vuepress"},
                  .kind = "static",
                  .build_program = "vuepress build",
                  .output_dir = ".vuepress/dist",
                  .inspect = inspect_vitepress},
        Framework{.id = "eleventy",
                  .name = "Eleventy",
                  .layer = Layer::site_generator,
                  .any_of = {"@11ty/eleventy"},
                  .configs = {".eleventy.js", "eleventy.config"},
                  .kind = "static",
                  .build_program = "eleventy",
                  .output_dir = "_site",
                  .inspect = inspect_eleventy},
        Framework{.id = "hexo",
                  .name = "Hexo",
                  .layer = Layer::site_generator,
                  .any_of = {"hexo"},
                  .kind = "static",
                  .build_program = "hexo generate",
                  .output_dir = "public"},
    };
    return table;
}

} // namespace panel::framework
