#include "services/project/project_rules.hpp"

#include "base/utf8.hpp"
#include "models/app_slug.hpp"
#include "models/git_ref.hpp"
#include "models/git_url.hpp"
#include "models/rel_path.hpp"
#include "models/text_rules.hpp"
#include "services/framework/framework.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace panel::project {
namespace {

constexpr std::size_t longest_command = 4096;
constexpr std::size_t longest_health_path = 1024;
// What detection knows besides the table of frameworks.
constexpr std::array<std::string_view, 4> other_frameworks{"node", "bun", "static-html", "dockerfile"};

class Checker {
  public:
    void refuse(std::string field, std::string message) {
        fields_.push_back({std::move(field), std::move(message)});
    }

    // Replaces the text by the normal form of its strong type.
    template <class Type> void normalise(const char* field, std::string& text) {
        auto parsed = Type::parse(text);
        if (parsed) {
            text = parsed->value();
        } else {
            refuse(field, parsed.error().message);
        }
    }
    void path(const char* field, std::optional<std::string>& text, bool may_be_root) {
        if (!text) return;
        normalise<RelPath>(field, *text);
        if (text->empty() && !may_be_root) refuse(field, "name a file inside the repository.");
    }
    void command(const char* field, const std::optional<std::string>& text, bool may_be_empty) {
        if (!text) return;
        if (text->size() > longest_command) refuse(field, "a command has at most 4096 bytes.");
        if (has_control(*text) || !is_valid_utf8(*text)) refuse(field, "a command is one line of text.");
        if (!may_be_empty && text->find_first_not_of(' ') == std::string::npos)
            refuse(field, "the command is empty; leave it out to have it detected.");
    }
    [[nodiscard]] Result<void> result() && {
        if (fields_.empty()) return {};
        auto message = fields_.front().field + ": " + fields_.front().message;
        return std::unexpected(Error{Code::invalid, std::move(message), std::move(fields_)});
    }

  private:
    std::vector<FieldError> fields_;
};

// Asked for on the application's own port: a path, never another address.
bool is_health_path(std::string_view path) {
    const bool is_plain =
        std::ranges::all_of(path, [](char c) { return c > 0x20 && c < 0x7f && c != '#' && c != '\\'; });
    return is_plain && path.starts_with('/') && !path.starts_with("//") && path.size() <= longest_health_path;
}

// The smallest that a runtime starts in, and figures that no server has.
constexpr std::int64_t least_memory_mb = 16, most_memory_mb = std::int64_t{1} << 20;
constexpr double least_cpus = 0.05, most_cpus = 512;
constexpr std::int64_t least_processes = 16, most_processes = 100'000;

void check_limits(const ProjectLimits& limits, Checker& checker) {
    const auto is_outside = [](const auto& value, auto least, auto most) {
        return value && !(*value >= least && *value <= most);
    };
    if (is_outside(limits.memory_mb, least_memory_mb, most_memory_mb))
        checker.refuse("memory_limit_mb", "the memory limit is a number of MB from 16 to 1048576.");
    if (is_outside(limits.cpus, least_cpus, most_cpus))
        checker.refuse("cpu_limit", "the CPU limit is a number of processors from 0.05 to 512.");
    if (is_outside(limits.processes, least_processes, most_processes))
        checker.refuse("process_limit", "the process limit is a number from 16 to 100000.");
}

bool is_framework(std::string_view id) {
    return std::ranges::find(other_frameworks, id) != other_frameworks.end() ||
           framework::find_framework(id) != nullptr;
}

} // namespace

Result<void> check_project(Project& project) {
    Checker checker;
    checker.normalise<AppSlug>("name", project.name);
    checker.normalise<GitUrl>("git_url", project.git_url);
    checker.normalise<GitRef>("git_branch", project.git_branch);
    checker.normalise<RelPath>("root_directory", project.root_directory);
    auto& overrides = project.overrides;
    if (overrides.framework && !is_framework(*overrides.framework))
        checker.refuse("framework", "it is not a framework that is known here.");
    checker.command("install_command", overrides.install_command, true); // "" means: nothing to install
    checker.command("build_command", overrides.build_command, true);
    checker.command("start_command", overrides.start_command, false);
    checker.path("output_dir", overrides.output_dir, true);
    checker.path("dockerfile_path", overrides.dockerfile_path, false);
    if (overrides.port && (*overrides.port < 1 || *overrides.port > 65'535))
        checker.refuse("port", "a port is a number from 1 to 65535.");
    check_limits(project.limits, checker);
    if (!is_health_path(project.health_path)) {
        checker.refuse(
            "health_path",
            "it starts with one '/', such as /health, without spaces, and has at most 1024 characters.");
    }
    if (project.watch_seconds < 0 || project.watch_seconds > longest_watch_seconds)
        checker.refuse("watch_seconds", "it is a number from 0, which switches the watch off, to 600.");
    return std::move(checker).result();
}

} // namespace panel::project
