// Angular: angular.json says which builder writes where. The application builder puts the browser's files
// into browser/ and, with server rendering, a server into server/.
#include "services/framework/framework.hpp"

#include "services/framework/text.hpp"

#include <array>

namespace panel::framework {
namespace {

namespace json = boost::json;

const json::object* member(const json::object* object, std::string_view key) {
    const auto* value = object != nullptr ? object->if_contains(key) : nullptr;
    return value != nullptr ? value->if_object() : nullptr;
}

std::string text_member(const json::object* object, std::string_view key) {
    const auto* value = object != nullptr ? object->if_contains(key) : nullptr;
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

struct Application {
    std::string name;
    const json::object* build = nullptr; // architect.build
};

Application main_application(const json::object& workspace) {
    const auto* projects = member(&workspace, "projects");
    if (projects == nullptr) return {};
    const std::string preferred = text_member(&workspace, "defaultProject");
    Application first;
    for (const auto& [name, value] : *projects) {
        const auto* project = value.if_object();
        const auto* targets = member(project, "architect") != nullptr ? member(project, "architect")
                                                                      : member(project, "targets");
        const auto* build = member(targets, "build");
        if (build == nullptr || text_member(project, "projectType") == "library") continue;
        Application application{std::string(name), build};
        if (name == preferred) return application;
        if (first.build == nullptr) first = std::move(application);
    }
    return first;
}

struct Output {
    std::string base;
    std::string browser = "browser";
    std::string server = "server";
};

Output output_of(const json::object* options, const std::string& name) {
    Output output{.base = "dist/" + name};
    const auto* value = options != nullptr ? options->if_contains("outputPath") : nullptr;
    if (value != nullptr && value->is_string()) output.base = std::string(value->get_string());
    if (const auto* object = value != nullptr ? value->if_object() : nullptr) {
        if (object->contains("base")) output.base = text_member(object, "base");
        if (object->contains("browser")) output.browser = text_member(object, "browser");
        if (object->contains("server")) output.server = text_member(object, "server");
    }
    return output;
}

bool renders_on_server(const json::object* options) {
    if (options == nullptr || text_member(options, "outputMode") == "static") return false;
    const auto* ssr = options->if_contains("ssr");
    return ssr != nullptr && (ssr->is_object() || (ssr->is_bool() && ssr->get_bool()));
}

bool is_application_builder(std::string_view builder) {
    return builder.ends_with(":application") || builder.ends_with(":browser-esbuild-application");
}

void inspect_angular(const Project& project, Plan& plan) {
    const auto text = project.tree->read("angular.json");
    const std::string file = project.path("angular.json");
    const auto parsed = text ? parse_json(*text, file) : Result<json::value>(fail(Code::not_found, ""));
    if (!parsed || !parsed->is_object()) {
        plan.warnings.push_back("angular.json cannot be read, so the output directory is a guess.");
        return;
    }
    const Application application = main_application(parsed->get_object());
    if (application.build == nullptr) return;
    const auto* options = member(application.build, "options");
    const std::string builder = text_member(application.build, "builder");
    const Output output = output_of(options, application.name);
    if (!is_application_builder(builder)) {
        set_output(plan, output.base, file, builder + " writes to outputPath");
        return;
    }
    if (renders_on_server(options) && is_plain_path(output.base) && is_plain_path(output.server)) {
        set_output(plan, output.base, file, "outputPath of " + application.name);
        const std::string base = plan.output_dir.value_or(output.base);
        make_server(plan, "node " + base + "/" + output.server + "/server.mjs");
        plan.port = 4000;
        plan.recipe.dependencies = Dependencies::none;
        plan.recipe.runtime_files = {{base, base}};
        // Behind the proxy every host that arrives is one of the project's own domains.
        plan.recipe.runtime_environment = {{"NG_ALLOWED_HOSTS", "*"}};
        plan.note("kind", "server", "config", file, "the application has server rendering");
        return;
    }
    set_output(plan, output.browser.empty() ? output.base : output.base + "/" + output.browser, file,
               "the application builder writes the browser's files there");
}

} // namespace

std::span<const Framework> angular_family() {
    static const std::array table{
        Framework{.id = "angular",
                  .name = "Angular",
                  .layer = Layer::application_tool,
                  .any_of = {"@angular/core", "@angular/cli"},
                  .configs = {"angular.json"},
                  .kind = "static",
                  .build_program = "ng build",
                  .output_dir = "dist",
                  .single_page_app = true,
                  .cache_directories = {".angular/cache"},
                  .build_environment = {{"NG_CLI_ANALYTICS", "false"}},
                  .inspect = inspect_angular},
    };
    return table;
}

} // namespace panel::framework
