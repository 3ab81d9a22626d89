#include "services/framework/start.hpp"

#include "services/framework/command.hpp"
#include "services/framework/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace panel::framework {
namespace {

struct Start {
    std::string command;
    std::string process; // what runs in the end; empty when only the package manager can say
    std::string source;
    std::string file;
    std::string detail;
};

std::optional<Start> from_procfile(const Project& project, Plan& plan) {
    const auto text = project.tree->read("Procfile");
    if (!text) return std::nullopt;
    const std::string clean = to_valid_utf8(std::string_view(*text).substr(0, 16 * 1024));
    for (const auto line : lines_of(clean)) {
        if (!line.starts_with("web:")) continue;
        const std::string command(trim(line.substr(4)));
        if (command.empty() || !is_printable(command)) continue;
        if (is_development_server(command)) {
            plan.warnings.push_back("The Procfile starts a development server; it is not used.");
            return std::nullopt;
        }
        return Start{command, command, "file", project.path("Procfile"), "its web process"};
    }
    return std::nullopt;
}

// A project that is built into files is a server only when a program of its own serves them: `next start`
// after an export is not.
bool runs_own_program(std::string_view process) {
    const auto words = program_words(process);
    static constexpr std::array<std::string_view, 6> runners{"node",    "bun",         "tsx",
                                                             "ts-node", "pm2-runtime", "deno"};
    return words.size() > 1 && std::ranges::find(runners, words[0]) != runners.end();
}

std::optional<Start> from_scripts(const Project& project, bool only_own_program) {
    for (const std::string_view name :
         {"start:prod", "start:production", "start", "serve:prod", "production"}) {
        const std::string* script = project.manifest.script(name);
        if (script == nullptr) continue;
        const auto process = resolve_script(project.manifest, name);
        const std::string& text = process ? *process : *script;
        if (is_development_server(text) || is_file_server(text) ||
            (only_own_program && !runs_own_program(text)))
            continue;
        return Start{project.manager.run_command(name), process.value_or(""), "script", project.manifest.path,
                     "scripts has " + std::string(name)};
    }
    return std::nullopt;
}

// "preview": "node server" of a project that renders with Vite by itself.
std::optional<Start> from_preview(const Project& project) {
    for (const std::string_view name : {"preview", "serve", "server"}) {
        const auto process = resolve_script(project.manifest, name);
        if (!process || is_development_server(*process)) continue;
        if (runs_own_program(*process))
            return Start{project.manager.run_command(name), *process, "script", project.manifest.path,
                         "scripts has " + std::string(name)};
    }
    return std::nullopt;
}

std::string runner_for(const Project& project, std::string_view entry) {
    if (project.manager.manager == Manager::bun) return "bun";
    return entry.ends_with("ts") && project.wants("tsx") != nullptr ? "tsx" : "node";
}

// "dev": "nodemon src/server.js" and "bun run --hot src/index.ts" name the entry, if not the way to run it.
std::optional<Start> from_entry(const Project& project) {
    const auto start_with = [&](const std::string& entry, std::string source, std::string file,
                                std::string detail) {
        const std::string command = runner_for(project, entry) + " " + entry;
        return Start{command, command, std::move(source), std::move(file), std::move(detail)};
    };
    for (const std::string_view name : {"start", "dev", "serve"})
        if (const auto* script = project.manifest.script(name))
            if (const auto entry = entry_in_command(*script); entry && project.tree->exists(*entry))
                return start_with(*entry, "script", project.manifest.path,
                                  "the script " + std::string(name) + " names it");
    if (const auto main = join_path("", project.manifest.main);
        main && !main->empty() && is_plain_path(*main))
        for (const std::string& entry : {*main, *main + ".js"})
            if (file_name(entry).find('.') != std::string::npos && project.tree->exists(entry))
                return start_with(entry, "config", project.manifest.path, "main names it");
    for (const std::string_view stem :
         {"server", "index", "app", "main", "src/server", "src/index", "src/app", "src/main"})
        for (const std::string_view ending : {".js", ".mjs", ".cjs", ".ts"}) {
            const std::string entry = std::string(stem) + std::string(ending);
            if (project.tree->exists(entry))
                return start_with(entry, "guess", project.path(entry), "the usual name of an entry file");
        }
    return std::nullopt;
}

void take(Plan& plan, Start start) {
    make_server(plan, start.command);
    plan.recipe.start_process = start.process;
    std::erase_if(plan.evidence, [](const Evidence& e) { return e.field == "start_command"; });
    plan.note("start_command", start.command, start.source, start.file, start.detail);
}

std::optional<int> number_after(std::string_view text, std::string_view marker) {
    for (auto at = text.find(marker); at != text.npos; at = text.find(marker, at + 1)) {
        auto rest = trim(text.substr(at + marker.size(), 24));
        while (!rest.empty() && (rest[0] == '"' || rest[0] == '\'')) rest.remove_prefix(1);
        int port = 0;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), port);
        if (error == std::errc{} && port >= 80 && port <= 65535) return port;
    }
    return std::nullopt;
}

// process.env.PORT || 8080, .listen(8080), port: 8080 in the entry file.
void read_port(const Project& project, Plan& plan) {
    const auto entry =
        plan.recipe.start_process.empty() ? std::nullopt : entry_in_command(plan.recipe.start_process);
    std::vector<std::string> files;
    if (entry) files.push_back(*entry);
    for (const std::string_view name :
         {"src/main.ts", "src/index.ts", "src/server.ts", "src/app.ts", "src/index.js", "src/server.js",
          "index.js", "server.js", "app.js", "index.ts", "server.ts"})
        files.emplace_back(name);
    for (const std::string& file : files) {
        const auto text = project.tree->read(file);
        if (!text) continue;
        const std::string source = strip_comments(std::string_view(*text).substr(0, 128 * 1024));
        for (const std::string_view marker : {"PORT ||", "PORT ??", "PORT) ||", "PORT) ??",
                                              "PORT ||=", ".listen(", "port:", "port =", "PORT ="})
            if (const auto port = number_after(source, marker)) {
                plan.port = port;
                plan.note("port", std::to_string(*port), "file", project.path(file), "the program names it");
                return;
            }
        const bool local =
            source.find("'localhost'") != source.npos || source.find("\"localhost\"") != source.npos ||
            source.find("'127.0.0.1'") != source.npos || source.find("\"127.0.0.1\"") != source.npos;
        if (local && source.find(".listen(") != source.npos)
            plan.warnings.push_back(
                project.path(file) +
                " seems to listen on localhost only: a container must listen on 0.0.0.0.");
        if (source.find(".listen(") != source.npos) return;
    }
}

void choose_port(const Project& project, const Framework* framework, Plan& plan) {
    const std::string& text =
        plan.recipe.start_process.empty() ? *plan.start_command : plan.recipe.start_process;
    if (const auto port = port_in_command(text)) {
        plan.port = port;
        plan.note("port", std::to_string(*port), "script", project.manifest.path,
                  "the start command names it");
        return;
    }
    const bool library =
        framework == nullptr || framework->layer <= Layer::server_library || framework->id == "nestjs";
    if (!plan.port) plan.port = framework != nullptr ? framework->port : 3000;
    const auto before = plan.evidence.size();
    if (library) read_port(project, plan);
    if (plan.evidence.size() == before)
        plan.note("port", std::to_string(*plan.port), "default", "", "PORT is set to it");
}

bool serves_only_files(const Project& project, const Plan& plan) {
    const auto* start = project.manifest.script("start");
    const auto process = start != nullptr ? resolve_script(project.manifest, "start") : std::nullopt;
    const bool hands_out_files = start != nullptr && is_file_server(process ? *process : *start);
    return hands_out_files && plan.framework == "node";
}

// True for "node server.js" where server.js is in the repository: a server of the project's own around the
// framework's.
bool starts_own_source(const Project& project, const std::string& process) {
    for (const std::string& word : program_words(process))
        if (const auto path = join_path("", word);
            path && !path->empty() && word != "node" && project.tree->exists(*path))
            return true;
    return false;
}

void keep_sources(Plan& plan) {
    plan.recipe.runtime_files.clear();
    plan.recipe.dependencies = Dependencies::production;
}

bool has_evidence(const Plan& plan, std::string_view field) {
    return std::ranges::any_of(plan.evidence,
                               [&](const Evidence& evidence) { return evidence.field == field; });
}

} // namespace

bool choose_start(const Project& project, const Framework* framework, Plan& plan) {
    const bool is_tool = framework != nullptr && framework->layer >= Layer::application_tool;
    const bool listed =
        plan.kind == "server" && !plan.recipe.runtime_files.empty() && plan.start_command.has_value();
    auto chosen = from_procfile(project, plan);
    if (!chosen && serves_only_files(project, plan)) return false;
    if (!chosen) chosen = from_scripts(project, plan.kind == "static");
    if (chosen && listed && !starts_own_source(project, chosen->process))
        chosen.reset(); // the image holds the build's output, which has its own way to start
    if (chosen && listed) keep_sources(plan);
    if (!chosen && listed && !has_evidence(plan, "start_command"))
        plan.note("start_command", *plan.start_command, "default", "",
                  "how a build of " + plan.framework_name + " is started");
    if (!chosen && listed) plan.recipe.start_process = *plan.start_command;
    if (!chosen && plan.kind == "static") {
        if (framework != nullptr && framework->layer == Layer::application_tool)
            chosen = from_preview(project);
        if (!chosen) return true;
    }
    if (!chosen && !listed && is_tool && (plan.start_command || !framework->start_command.empty())) {
        const std::string command =
            plan.start_command ? *plan.start_command : std::string(framework->start_command);
        chosen = Start{command, command, "default", "", "how " + plan.framework_name + " is started"};
    }
    if (!chosen && !listed) chosen = from_entry(project);
    if (!chosen && !listed) return false;
    if (chosen) take(plan, std::move(*chosen));
    choose_port(project, framework, plan);
    return true;
}

void settle_process(const Project& project, Plan& plan) {
    Recipe& recipe = plan.recipe;
    if (recipe.start_process.empty()) recipe.start_process = *plan.start_command;
    for (const auto& part : command_parts(recipe.start_process)) {
        for (const std::string& word : part) {
            const bool is_manager = word == "pnpm" || word == "yarn" || word == "bun" || word == "bunx";
            recipe.manager_at_run_time |=
                is_manager && &word == &part.front() && !recipe.manager_package.empty();
            if (word == "bun" || word == "bunx") plan.runtime = "bun";
        }
        for (const std::string& word : part) {
            static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> programs{{
                {"nest", "@nestjs/cli"},
                {"react-router-serve", "@react-router/serve"},
                {"remix-serve", "@remix-run/serve"},
                {"ts-node", "ts-node"},
                {"sirv", "sirv-cli"},
                {"tsc", "typescript"},
            }};
            const auto known =
                std::ranges::find(programs, word, &std::pair<std::string_view, std::string_view>::first);
            const std::string_view package = known == programs.end() ? std::string_view(word) : known->second;
            const auto slash = package.find('/', package.starts_with('@') ? package.find('/') + 1 : 0);
            const bool needed = project.manifest.development.contains(package) ||
                                project.manifest.development.contains(package.substr(0, slash));
            if (needed && recipe.dependencies == Dependencies::production)
                recipe.dependencies = Dependencies::all;
        }
    }
    // A run through the package manager may start anything.
    const auto words = command_words(recipe.start_process);
    const bool through_script = words.size() > 1 && words[1] == "run";
    if (through_script && !project.manifest.development.empty() &&
        recipe.dependencies == Dependencies::production)
        recipe.dependencies = Dependencies::all;
}

} // namespace panel::framework
