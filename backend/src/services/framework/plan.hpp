#pragma once
// What detection found out: how a repository is installed, built, started and served, with the evidence for
// each value. A plain value; the described members are the wire shape (docs/api.md, "The plan"). The recipe
// is not on the wire: detection is pure and quick, so whoever needs the recipe of a stored plan detects the
// same commit again.

#include "services/framework/recipe.hpp"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace panel::framework {

struct Evidence {
    std::string field;  // the plan's member that this explains
    std::string value;  // what it was set to
    std::string source; // dependency, script, lockfile, config, file, setting, default or guess
    std::string file;   // path from the repository's root; empty when no file said it
    std::string detail; // one short phrase for people
};
BOOST_DESCRIBE_STRUCT(Evidence, (), (field, value, source, file, detail))

struct Plan {
    std::string framework;       // stable id: "sveltekit", "node", "static-html", "dockerfile" ...
    std::string framework_name;  // for people: "SvelteKit"
    std::string language;        // "javascript", "html", "dockerfile"
    std::string package_manager; // "npm", "pnpm", "yarn", "bun" or "none"
    std::string kind;            // "static" or "server"
    std::string runtime; // what runs the server, or builds the site: "node", "bun", "docker" or "none"
    std::string runtime_version; // Node's major, or empty
    std::optional<std::string> install_command;
    std::optional<std::string> build_command;
    std::optional<std::string> start_command; // never set for a static site
    std::optional<std::string> output_dir;    // relative to root_directory
    std::optional<int> port;                  // never set for a static site
    // Static sites: unknown navigation requests get fallback_page. Never for a request that names a missing
    // asset.
    bool single_page_app = false;
    std::optional<std::string> fallback_page; // relative to output_dir, "index.html" or "200.html"
    std::optional<std::string>
        dockerfile_path;        // relative to root_directory: the repository's own Dockerfile is built
    std::string root_directory; // relative to the repository; "" is the root
    std::vector<std::string> environment_keys; // what .env.example lists
    std::vector<std::string> warnings;
    std::vector<Evidence> evidence;

    Recipe recipe; // for render_dockerfile; not described

    void note(std::string field, std::string value, std::string source, std::string file,
              std::string detail) {
        evidence.push_back(
            {std::move(field), std::move(value), std::move(source), std::move(file), std::move(detail)});
    }
};
BOOST_DESCRIBE_STRUCT(Plan, (),
                      (framework, framework_name, language, package_manager, kind, runtime, runtime_version,
                       install_command, build_command, start_command, output_dir, port, single_page_app,
                       fallback_page, dockerfile_path, root_directory, environment_keys, warnings, evidence))

// What the user set. Each wins over what detection would say; evidence then names "setting".
struct Overrides {
    std::optional<std::string> framework = std::nullopt;
    std::optional<std::string> install_command = std::nullopt;
    std::optional<std::string> build_command = std::nullopt;
    std::optional<std::string> start_command = std::nullopt;
    std::optional<std::string> output_dir = std::nullopt;
    std::optional<int> port = std::nullopt;
    std::optional<std::string> dockerfile_path = std::nullopt;
    std::optional<std::string> root_directory = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(Overrides, (),
                      (framework, install_command, build_command, start_command, output_dir, port,
                       dockerfile_path, root_directory))

// One pretty JSON object with the names above, always valid UTF-8, a newline at its end.
[[nodiscard]] std::string plan_json(const Plan& plan);

} // namespace panel::framework
