#pragma once
// The framework table: one entry per framework, data where possible, one small function where a configuration
// file decides. To add one: an entry in its family's file and a golden test. Static data, any thread.

#include "services/framework/plan.hpp"
#include "services/framework/project.hpp"

#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace panel::framework {

// What a framework is built on loses to it: Vite's entry never wins over SvelteKit's, Express never over
// NestJS. A higher layer wins; within a layer the earlier entry of the table does.
enum class Layer {
    runtime,          // plain Node or Bun: any package.json that starts
    bundler,          // webpack, Parcel: found in servers, too
    server_library,   // Express, Fastify, Hono
    application_tool, // Vite, Create React App
    site_generator,   // VitePress, Docusaurus, Eleventy
    meta_framework,   // Next.js, Nuxt, SvelteKit
};

struct Framework {
    std::string_view id;
    std::string_view name;
    Layer layer = Layer::runtime;
    std::vector<std::string_view> any_of;   // one of these packages must be wanted
    std::vector<std::string_view> all_of{}; // and each of these
    std::vector<std::string_view>
        configs{}; // stems or full names of files that no other tool has; enough without a package
    std::string_view kind = "server";
    std::string_view build_program{}; // run through the package manager where there is no build script
    std::string_view output_dir{};
    std::string_view start_command{}; // where no start script is fit for production
    int port = 3000;
    bool single_page_app = false;
    bool prefers_own_start = false; // the framework's start command wins over a start script
    std::vector<std::string_view> cache_directories{};
    std::vector<std::pair<std::string, std::string>> build_environment{};
    // Looks at configuration files and corrects what the data above says.
    void (*inspect)(const Project& project, Plan& plan) = nullptr;
};

[[nodiscard]] std::span<const Framework> svelte_family();
[[nodiscard]] std::span<const Framework> react_family();
[[nodiscard]] std::span<const Framework> vue_family();
[[nodiscard]] std::span<const Framework> angular_family();
[[nodiscard]] std::span<const Framework> astro_family();
[[nodiscard]] std::span<const Framework> content_family();
[[nodiscard]] std::span<const Framework> vite_family();
[[nodiscard]] std::span<const Framework> server_family();

// Every entry, in order of preference within a layer.
[[nodiscard]] std::vector<const Framework*> all_frameworks();
[[nodiscard]] const Framework* find_framework(std::string_view id);

// How sure the table is: a package of the project's own beats a distinctive file, which beats a package
// hoisted in the workspace.
struct Match {
    const Framework* framework = nullptr;
    int strength = 0;
    std::string source; // evidence
    std::string file;
    std::string detail;
};
[[nodiscard]] Match best_match(const Project& project);

// Small steps that the families share.
void make_static(Plan& plan, std::string output_dir);
void make_server(Plan& plan, std::string start_command);
void set_output(Plan& plan, std::string_view output, const std::string& file, std::string detail);
// The value of "--name value" or "--name=value" in the build script, following npm run.
[[nodiscard]] std::optional<std::string> build_option(const Project& project, std::string_view name);
[[nodiscard]] bool build_script_runs(const Project& project, std::string_view text);

} // namespace panel::framework
