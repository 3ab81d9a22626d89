#include "services/framework/dockerfile.hpp"

#include "services/framework/command.hpp"
#include "services/framework/dockerfile_text.hpp"
#include "services/framework/text.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace panel::framework {
namespace {

using Mounts = std::vector<std::string>;

constexpr std::string_view system_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::string_view environment_mount = "type=bind,source=panel/env,target=/run/panel/env";

std::string in_app(std::string_view directory, std::string_view name = {}) {
    std::string path = "/app";
    for (const std::string_view part : {directory, name})
        if (!part.empty() && part != ".") path += "/" + std::string(part);
    return path;
}

// Directories are written with a slash at their end: COPY then takes what is in them.
std::string contents_of(std::string path) { return path + "/"; }

class Renderer {
  public:
    Renderer(const Plan& plan, const BuildInputs& inputs)
        : plan_(plan),
          recipe_(plan.recipe),
          inputs_(inputs),
          image_("node:" + plan.runtime_version + "-slim") {}

    Result<std::string> render();

  private:
    void base_stage();
    void install_stage();
    void build_stage();
    void dependencies_stage();
    void server_image();
    void static_image(const std::string& from);
    void check_outputs();

    [[nodiscard]] bool has_base() const {
        return !recipe_.manager_package.empty() || !recipe_.system_packages.empty();
    }
    [[nodiscard]] std::string_view base() const {
        return has_base() ? std::string_view("base") : std::string_view(image_);
    }
    [[nodiscard]] bool keeps_production() const {
        return plan_.kind == "server" && recipe_.dependencies == Dependencies::production;
    }
    [[nodiscard]] bool strips_build() const { return keeps_production() && recipe_.runtime_files.empty(); }
    [[nodiscard]] bool builds() const {
        return plan_.build_command.has_value() || !recipe_.adapter_package.empty();
    }
    [[nodiscard]] std::string path_variable() const;
    [[nodiscard]] std::string cache_mount(std::string_view name, const std::string& target) const;
    [[nodiscard]] Mounts manager_mounts() const;
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> install_environment() const;

    const Plan& plan_;
    const Recipe& recipe_;
    const BuildInputs& inputs_;
    std::string image_;
    DockerfileText text_;
};

std::string Renderer::path_variable() const {
    std::string path = in_app(plan_.root_directory) + "/node_modules/.bin:";
    if (recipe_.install_directory != plan_.root_directory)
        path += in_app(recipe_.install_directory) + "/node_modules/.bin:";
    return path + std::string(system_path);
}

std::string Renderer::cache_mount(std::string_view name, const std::string& target) const {
    std::string id = "panel-" + inputs_.cache_scope + "-" + std::string(name);
    std::ranges::replace_if(
        id, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_' && c != '.'; }, '-');
    return "type=cache,id=" + id + ",target=" + target;
}

Mounts Renderer::manager_mounts() const {
    if (plan_.package_manager == "npm") return {cache_mount("npm", "/root/.npm")};
    return {cache_mount(plan_.package_manager, "/cache/" + plan_.package_manager)};
}

std::vector<std::pair<std::string, std::string>> Renderer::install_environment() const {
    auto variables = recipe_.build_environment;
    if (plan_.package_manager == "pnpm") // pnpm 11 reads another prefix than the versions before it
        variables.insert(variables.end(),
                         {{"npm_config_store_dir", "/cache/pnpm"}, {"pnpm_config_store_dir", "/cache/pnpm"}});
    if (plan_.package_manager == "yarn")
        variables.insert(variables.end(),
                         {{"YARN_CACHE_FOLDER", "/cache/yarn"}, {"YARN_GLOBAL_FOLDER", "/cache/yarn"}});
    if (plan_.package_manager == "bun") variables.emplace_back("BUN_INSTALL_CACHE_DIR", "/cache/bun");
    variables.emplace_back("PATH", path_variable());
    return variables;
}

void Renderer::base_stage() {
    if (!has_base()) return;
    text_.from(image_, "base");
    if (!recipe_.system_packages.empty()) {
        std::string script = "apt-get update && apt-get install -y --no-install-recommends";
        for (const std::string& package : recipe_.system_packages) script += " " + package;
        text_.run_shell({}, script + " && rm -rf /var/lib/apt/lists/*");
    }
    if (!recipe_.manager_package.empty())
        text_.run({cache_mount("npm", "/root/.npm")}, {"npm", "install", "--global", "--force", "--no-audit",
                                                       "--no-fund", recipe_.manager_package});
    text_.blank();
}

void Renderer::install_stage() {
    text_.from(base(), "install");
    text_.environment(install_environment());
    text_.work_directory(in_app(recipe_.install_directory));
    if (recipe_.copy_sources_first) text_.copy("", {"app/"}, "/app/");
    std::map<std::string, std::vector<std::string>> by_directory;
    for (const std::string& manifest : recipe_.manifests) {
        if (manifest.ends_with('/'))
            text_.copy("", {"app/" + manifest}, "/app/" + manifest);
        else
            by_directory[parent_path(manifest)].push_back("app/" + manifest);
    }
    for (const auto& [directory, files] : by_directory) text_.copy("", files, contents_of(in_app(directory)));
    if (plan_.install_command) {
        auto mounts = manager_mounts();
        std::string script = recipe_.install_script.empty() ? *plan_.install_command : recipe_.install_script;
        if (inputs_.has_build_environment && recipe_.install_reads_environment) {
            // NODE_ENV=production would leave out the development packages that the build needs.
            mounts.emplace_back(environment_mount);
            script = ". /run/panel/env; unset NODE_ENV; " + script;
        }
        text_.run_shell(mounts, script);
    }
    text_.blank();
}

// Says it in words: the engine's own message about a missing path names a cache key.
void Renderer::check_outputs() {
    std::string paths;
    if (plan_.kind == "static" && plan_.output_dir)
        paths = " " + shell_quote(in_app(plan_.root_directory, *plan_.output_dir));
    for (const auto& file : recipe_.runtime_files)
        if (plan_.kind == "server" && file.first != "package.json")
            paths += " " + shell_quote(in_app(plan_.root_directory, file.first));
    if (!paths.empty())
        text_.run_shell(
            {}, "for path in" + paths +
                    "; do test -e \"$path\" || { echo \"The build finished without writing ${path#/app/}. "
                    "Check the build command and the output directory.\" >&2; exit 1; }; done");
}

void Renderer::build_stage() {
    text_.from("install", "build");
    if (!recipe_.adapter_package.empty()) {
        // The adapter of the repository is made for another platform: its name is made to mean adapter-node.
        // The package lies below the project's own node_modules, so that it finds the project's SvelteKit.
        text_.work_directory(in_app(plan_.root_directory));
        text_.run_shell(
            {cache_mount("npm", "/root/.npm")},
            "npm install --prefix node_modules/.panel --no-save --no-package-lock --legacy-peer-deps "
            "--ignore-scripts "
            "--no-audit --no-fund " +
                shell_quote(recipe_.adapter_package) +
                " && mkdir -p node_modules/@sveltejs && rm -rf node_modules/" + recipe_.replaced_adapter +
                " && ln -s \"$PWD/node_modules/.panel/node_modules/@sveltejs/adapter-node\" node_modules/" +
                recipe_.replaced_adapter);
    }
    if (!recipe_.copy_sources_first) text_.copy("", {"app/"}, "/app/");
    if (plan_.build_command) {
        text_.work_directory(in_app(recipe_.build_directory));
        Mounts mounts;
        for (const std::string& directory : recipe_.cache_directories) {
            std::string name(file_name(directory));
            if (name == "cache") name = std::string(file_name(parent_path(directory)));
            mounts.push_back(cache_mount(name.substr(name.find_first_not_of('.')),
                                         in_app(plan_.root_directory, directory)));
        }
        if (inputs_.has_build_environment) mounts.emplace_back(environment_mount);
        text_.run_shell(mounts,
                        (inputs_.has_build_environment ? ". /run/panel/env && " : "") + *plan_.build_command);
    }
    check_outputs();
    if (strips_build()) text_.run_shell({}, "find /app -name node_modules -prune -exec rm -rf {} +");
    text_.blank();
}

// Forks from the install step, not from the build: it stays cached, and its layer is shared by all releases,
// until a manifest changes.
void Renderer::dependencies_stage() {
    text_.from("install", "dependencies");
    text_.run_shell(manager_mounts(), recipe_.prune_command);
    text_.blank();
}

void Renderer::server_image() {
    const bool needs_base = has_base() && (recipe_.manager_at_run_time ||
                                           std::ranges::count(recipe_.system_packages, "openssl") > 0);
    const std::string app = in_app(plan_.root_directory);
    text_.from(needs_base ? std::string_view("base") : std::string_view(image_));
    const std::string last = builds() ? "build" : "install";
    if (keeps_production()) text_.copy("--from=dependencies --chown=node:node", {"/app/"}, "/app/");
    if (recipe_.runtime_files.empty() && !builds() && !recipe_.copy_sources_first) {
        if (!keeps_production()) text_.copy("--from=install --chown=node:node", {"/app/"}, "/app/");
        text_.copy("--chown=node:node", {"app/"}, "/app/");
    } else if (recipe_.runtime_files.empty()) {
        if (builds() || !keeps_production())
            text_.copy("--from=" + last + " --chown=node:node", {"/app/"}, "/app/");
    } else {
        for (const auto& [from, to] : recipe_.runtime_files) {
            const bool here_already = from == "package.json" && keeps_production();
            if (!here_already)
                text_.copy("--from=" + last + " --chown=node:node", {in_app(plan_.root_directory, from)},
                           in_app(plan_.root_directory, to));
        }
    }
    std::vector<std::pair<std::string, std::string>> variables{{"NODE_ENV", "production"},
                                                               {"HOST", "0.0.0.0"}};
    variables.emplace_back("PORT", std::to_string(plan_.port.value_or(3000)));
    variables.emplace_back("PATH", path_variable());
    variables.insert(variables.end(), recipe_.runtime_environment.begin(), recipe_.runtime_environment.end());
    text_.environment(variables);
    text_.work_directory(app);
    text_.user("node");
    text_.expose(plan_.port.value_or(3000));
    text_.stop_signal("SIGTERM");
    text_.command(process_arguments(recipe_.start_process.empty() ? plan_.start_command.value_or("")
                                                                  : recipe_.start_process));
}

void Renderer::static_image(const std::string& from) {
    text_.from("scratch");
    const std::string output = plan_.output_dir.value_or(".");
    if (from.empty())
        text_.copy("", {contents_of(in_app(plan_.root_directory, output).substr(1))},
                   contents_of(std::string(static_files_path)));
    else
        text_.copy("--from=" + from, {contents_of(in_app(plan_.root_directory, output))},
                   contents_of(std::string(static_files_path)));
    // Never run: an engine creates no container, not even to copy from, without a command.
    text_.command({"static"});
}

Result<std::string> Renderer::render() {
    text_.comment("Written by VPS Panel for " + plan_.framework +
                  ". To take over: commit a Dockerfile of your own.");
    if (plan_.runtime == "none" && !plan_.build_command) {
        static_image("");
        return text_.finish();
    }
    base_stage();
    install_stage();
    if (builds()) build_stage();
    if (keeps_production()) dependencies_stage();
    if (plan_.kind == "static")
        static_image(builds() ? "build" : "");
    else
        server_image();
    return text_.finish();
}

bool is_major(std::string_view text) {
    return !text.empty() && text.size() <= 3 &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

} // namespace

Result<std::string> render_dockerfile(const Plan& plan, const BuildInputs& inputs) {
    if (plan.dockerfile_path) return fail(Code::invalid, "This project is built by its own Dockerfile.");
    for (const auto& directory : {std::optional(plan.root_directory), plan.output_dir})
        if (directory && !is_plain_path(*directory))
            return fail(Code::invalid, "The root and output directories must lie inside the project and have "
                                       "no special characters.");
    const bool has_start = plan.start_command && !trim(*plan.start_command).empty();
    if (plan.kind == "server" && !has_start) return fail(Code::invalid, "There is no start command.");
    if (plan.runtime != "none" && !is_major(plan.runtime_version))
        return fail(Code::invalid, "The Node version must be a major such as 24.");
    return Renderer(plan, inputs).render();
}

} // namespace panel::framework
