#include "services/framework/static_site.hpp"

#include "services/framework/framework.hpp"
#include "services/framework/text.hpp"

#include <initializer_list>

namespace panel::framework {
namespace {

std::optional<std::string> site_directory(const SubTree& tree) {
    for (const std::string_view directory :
         {"", "public", "dist", "site", "_site", "www", "docs", "build", "static", "src"}) {
        const std::string name = directory.empty() ? "index.html" : std::string(directory) + "/index.html";
        if (tree.exists(name)) return directory.empty() ? std::string(".") : std::string(directory);
    }
    return std::nullopt;
}

void fill(Plan& plan, const SubTree& tree, const std::string& directory) {
    plan.framework = "static-html";
    plan.framework_name = "Static HTML";
    make_static(plan, directory);
    plan.single_page_app = false;
    const std::string prefix = tree.directory().empty() ? "" : tree.directory() + "/";
    const std::string file = prefix + (directory == "." ? "" : directory + "/") + "index.html";
    plan.note("output_dir", directory, "file", file, "the first page lies there");
}

} // namespace

std::optional<Plan> plan_static_site(const SubTree& tree, const Overrides& overrides) {
    Plan plan;
    plan.language = "html";
    plan.package_manager = "none";
    plan.runtime = "none";
    const auto directory = site_directory(tree);
    if (!directory && !overrides.output_dir) return std::nullopt;
    fill(plan, tree, directory.value_or("."));
    if (overrides.framework)
        plan.note("framework", "static-html", "setting", "", "set for this project");
    else
        plan.note("framework", "static-html", "file", plan.evidence.back().file,
                  "there are pages and no manifest");
    return plan;
}

std::optional<Plan> complete_static_site(const Project& project, const Plan& plan) {
    const auto directory = site_directory(*project.tree);
    Plan site = plan;
    if (plan.build_command) {
        fill(site, *project.tree, "dist");
        site.evidence.pop_back();
        site.note("output_dir", "dist", "guess", "", "where most tools write to");
        site.warnings.push_back(
            "There is a build script, but no known framework: check the output directory.");
    } else if (directory) {
        fill(site, *project.tree, *directory);
        site.install_command.reset();
        site.language = "html";
        site.package_manager = "none";
        site.runtime = "none";
        site.runtime_version.clear();
        std::erase_if(site.evidence, [](const Evidence& e) {
            return e.field == "package_manager" || e.field == "install_command" ||
                   e.field == "runtime_version";
        });
    } else {
        return std::nullopt;
    }
    site.note("framework", site.framework, "file", project.manifest.path, "the manifest starts nothing");
    return site;
}

} // namespace panel::framework
