#include "services/deployment/explain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace panel::deployment {

namespace {

// What follows `marker` in the line, between quotes or up to a space: the thing that is missing.
std::string name_after(std::string_view line, std::string_view marker) {
    const auto at = line.find(marker);
    if (at == std::string_view::npos) return {};
    auto rest = line.substr(at + marker.size());
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == ':')) rest.remove_prefix(1);
    const auto is_quote = [](char c) { return c == '\'' || c == '"' || c == '`'; };
    if (!rest.empty() && is_quote(rest.front())) {
        const auto end = rest.find(rest.front(), 1);
        return std::string(rest.substr(1, end == std::string_view::npos ? end : end - 1));
    }
    auto word = rest.substr(0, rest.find_first_of(" ,;"));
    while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.remove_suffix(1);
    return std::string(word);
}

// A rule fits a line that holds `marker`; `{}` in its texts stands for the name behind the marker.
struct Rule {
    std::string_view marker;
    std::string_view reason;
    std::string_view sentence;
    std::string_view next_step;
};

constexpr std::array rules{
    Rule{"JavaScript heap out of memory", "out_of_memory",
         "The build ran out of memory: Node's heap was full.",
         "Set NODE_OPTIONS=--max-old-space-size=1536 with scope build, or build less at once."},
    Rule{"no space left on device", "no_space",
         "The disk is full: the build found no space left on the server.", make_room},
    Rule{"No space left on device", "no_space", // as the C library says it
         "The disk is full: the build found no space left on the server.", make_room},
    Rule{"ENOSPC", "no_space", "The disk is full: the build found no space left on the server.", make_room},
    Rule{"npm ci` can only install packages when your package.json and package-lock.json",
         "lockfile_out_of_date", "package-lock.json does not match package.json.",
         "Run npm install, commit package-lock.json and push."},
    Rule{"ERR_PNPM_OUTDATED_LOCKFILE", "lockfile_out_of_date", "pnpm-lock.yaml does not match package.json.",
         "Run pnpm install, commit pnpm-lock.yaml and push."},
    Rule{"The lockfile would have been modified by this install", "lockfile_out_of_date",
         "yarn.lock does not match package.json.", "Run yarn install, commit yarn.lock and push."},
    Rule{"Your lockfile needs to be updated", "lockfile_out_of_date",
         "yarn.lock does not match package.json.", "Run yarn install, commit yarn.lock and push."},
    Rule{"lockfile had changes, but lockfile is frozen", "lockfile_out_of_date",
         "bun.lock does not match package.json.", "Run bun install, commit bun.lock and push."},
    Rule{"ERR_PNPM_UNSUPPORTED_ENGINE", "runtime_version", "A package needs another version of Node.js.",
         "Set the version in package.json under engines.node and push."},
    Rule{"is not compatible with this module. Expected version", "runtime_version",
         "A package needs another version of Node.js.",
         "Set the version in package.json under engines.node and push."},
    Rule{"npm error Missing script:", "missing_script", "package.json has no script named {}.",
         "Add the script, or change the command in Settings."},
    Rule{"ERR_PNPM_NO_SCRIPT", "missing_script",
         "package.json does not have the script that the command names.",
         "Add the script, or change the command in Settings."},
    Rule{"is not exported by \"virtual:env/", "missing_variable",
         "The build needs an environment variable that is not set.",
         "Add the variable under Settings, Environment, with scope build, then deploy again."},
    Rule{"Environment variable not found:", "missing_variable", "The environment variable {} is not set.",
         "Add it under Settings, Environment, then deploy again."},
    Rule{"Missing required environment variable", "missing_variable",
         "The environment variable {} is not set.", "Add it under Settings, Environment, then deploy again."},
    Rule{"Missing environment variable", "missing_variable", "The environment variable {} is not set.",
         "Add it under Settings, Environment, then deploy again."},
    Rule{"Cannot find module", "missing_module", "The module {} could not be found.",
         "Add it to package.json, commit the lock file and push."},
    Rule{"Cannot find package", "missing_module", "The package {} could not be found.",
         "Add it to package.json, commit the lock file and push."},
    Rule{"Can't resolve", "missing_module", "The build could not find {}.",
         "Check the import, or add the package to package.json and push."},
    Rule{"failed to resolve import", "missing_module", "The build could not find {}.",
         "Check the import, or add the package to package.json and push."},
    Rule{"Could not resolve", "missing_module", "The build could not find {}.",
         "Check the import, or add the package to package.json and push."},
    Rule{"getaddrinfo", "network", "The build could not reach a package registry.",
         "Check the server's network and DNS, then deploy again."},
    Rule{"pull access denied", "base_image", "The base image could not be pulled.",
         "Check the image's name and the server's network."},
    Rule{"failed to resolve source metadata", "base_image", "The base image could not be pulled.",
         "Check the image's name and the server's network."},
    Rule{"manifest unknown", "base_image", "The base image does not exist.",
         "Check the image's name and tag."},
    Rule{"error TS", "type_error", "TypeScript found errors.", "Fix the errors that the log names and push."},
    Rule{"SyntaxError", "syntax_error", "The code has a syntax error.",
         "Fix the line that the log names and push."},
};

Explanation apply(const Rule& rule, const LogLine& line) {
    Explanation explanation;
    explanation.reason = rule.reason;
    const auto name = name_after(line.text, rule.marker);
    explanation.sentence = std::string(rule.sentence);
    const auto hole = explanation.sentence.find("{}");
    if (hole != std::string::npos)
        explanation.sentence.replace(hole, 2, name.empty() ? "it needs" : name.substr(0, 120));
    explanation.next_step = rule.next_step;
    explanation.log_line = line.number;
    explanation.log_text = line.text.substr(0, 500);
    return explanation;
}

// The first rule of the table that any line fits, at its first line: causes come before their consequences in
// a log.
std::optional<Explanation> match_rules(const std::deque<LogLine>& newest) {
    for (const auto& rule : rules)
        for (const auto& line : newest)
            if (line.text.find(rule.marker) != std::string::npos) return apply(rule, line);
    return std::nullopt;
}

bool says_error(std::string_view text) {
    static constexpr std::array words{"error",  "Error",  "ERROR", "ERR!",
                                      "failed", "Failed", "fatal", "panic"};
    return std::ranges::any_of(
        words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

// The line to show when no rule fits: the first of the newest lines that speaks of an error, else the last
// that says anything.
void point_at_error(Explanation& explanation, const std::deque<LogLine>& newest) {
    const LogLine* chosen = nullptr;
    const std::size_t window = 40;
    const auto begin =
        newest.size() > window ? newest.end() - static_cast<std::ptrdiff_t>(window) : newest.begin();
    for (auto line = begin; line != newest.end(); ++line) {
        if (line->text.starts_with("==> ")) continue;
        if (says_error(line->text)) {
            chosen = &*line;
            break;
        }
        if (line->text.find_first_not_of(" \t") != std::string::npos) chosen = &*line;
    }
    if (!chosen) return;
    explanation.log_line = chosen->number;
    explanation.log_text = chosen->text.substr(0, 500);
}

// Builds take page cache up to the limit: what they held themselves may be well below it when the kernel
// gives up.
bool hit_limit(const docker::BuildOutcome& outcome, const BuildUse& use) {
    if (use.out_of_memory) return true;
    return outcome.exit_code == 137 && use.limit_bytes > 0 && use.peak_bytes > use.limit_bytes / 10 * 9;
}

Explanation explain_build_memory(const BuildUse& use) {
    const auto seen = use.peak_bytes > 0
                          ? fmt::format("; {} of it were seen in use", say_bytes(use.peak_bytes))
                          : std::string();
    return explain_error(
        "out_of_memory",
        fmt::format("The build needed more than {} of memory and was ended (limit {}{}).",
                    say_bytes(use.limit_bytes), say_bytes(use.limit_bytes), seen),
        "Raise the server's limit for builds (--build-memory), or let the build use less at once.");
}

} // namespace

Explanation explain_build(const docker::BuildOutcome& outcome, const BuildUse& use,
                          const std::deque<LogLine>& newest) {
    if (hit_limit(outcome, use)) {
        auto explanation = explain_build_memory(use);
        point_at_error(explanation, newest);
        return explanation;
    }
    if (auto matched = match_rules(newest)) return *matched;
    Explanation explanation;
    if (outcome.exit_code == 137) {
        explanation =
            explain_error("out_of_memory", "The build was killed because the server ran out of memory.",
                          "Give the server more memory or swap, or build less at once.");
    } else if (outcome.exit_code) {
        explanation = explain_error("command_failed",
                                    fmt::format("The command \"{}\" failed with exit code {}.",
                                                outcome.failed_step.substr(0, 200), *outcome.exit_code),
                                    "Read the log above the error, fix it and push.");
    } else {
        explanation = explain_error("build_failed", "The build failed: " + outcome.error.substr(0, 300),
                                    "Read the log, fix it and deploy again.");
    }
    point_at_error(explanation, newest);
    return explanation;
}

Explanation explain_health(const HealthFailure& failure, const std::deque<LogLine>& newest) {
    const auto port = failure.expected_port;
    Explanation explanation;
    if (failure.out_of_memory) {
        explanation = explain_memory_kill(failure.memory_limit_bytes);
    } else if (failure.exited) {
        if (auto matched = match_rules(newest)) return *matched;
        explanation = explain_error(
            "app_exited",
            fmt::format("The app ended with exit code {} instead of staying up.", failure.exit_code),
            failure.exit_code == 0 ? "Check the start command: it must keep running and serve requests."
                                   : "Read what it printed, fix it and push.");
    } else if (failure.last_status) {
        explanation = explain_error(
            "unhealthy",
            fmt::format("The app answered {} with status {}.", failure.health_path, *failure.last_status),
            "Fix the error that the app printed, or set another health check path in Settings.");
    } else if (failure.answered_without_http) {
        explanation = explain_error(
            "not_http", fmt::format("The app listens on port {}, but does not answer HTTP.", port),
            "Set the port on which the app serves HTTP in Settings.");
    } else if (std::ranges::find(failure.loopback_listening_ports, port) !=
               failure.loopback_listening_ports.end()) {
        explanation = explain_error(
            "listens_on_loopback",
            fmt::format("The app listens on port {} of localhost only, so nothing outside its container can "
                        "reach it.",
                        port),
            "Let it listen on 0.0.0.0; most frameworks take it from the HOST variable, which is set.");
    } else if (std::ranges::find(failure.listening_ports, port) != failure.listening_ports.end()) {
        explanation = explain_error(
            "no_answer",
            fmt::format("The app listens on port {}, but did not answer {} within {} s.", port,
                        failure.health_path, failure.deadline_seconds),
            "Look for what it waits for at its start, or set another health check path in Settings.");
    } else if (!failure.listening_ports.empty()) {
        explanation = explain_error("wrong_port",
                                    fmt::format("The app listens on port {}, not on port {}.",
                                                fmt::join(failure.listening_ports, ", "), port),
                                    "Let it listen on the PORT variable, or set its port in Settings.");
    } else {
        explanation = explain_error(
            "port_not_listening",
            fmt::format("The app did not listen on port {} within {} s.", port, failure.deadline_seconds),
            "Let it listen on the PORT variable, or set its port in Settings.");
    }
    point_at_error(explanation, newest);
    return explanation;
}

Explanation explain_full_disk(std::int64_t free_bytes) {
    return explain_error(
        "no_space",
        fmt::format("The build was ended because the disk of the server was nearly full ({} free).",
                    say_bytes(free_bytes)),
        std::string(make_room));
}

Explanation explain_memory_kill(std::int64_t limit_bytes, std::string_view subject) {
    if (limit_bytes <= 0)
        return explain_error("out_of_memory",
                             fmt::format("{} was killed because the server ran out of memory.", subject),
                             "Let it use less memory, or set memory limits for the apps of this server.");
    return explain_error(
        "out_of_memory",
        fmt::format("{} used more than its {} of memory and was killed.", subject, say_bytes(limit_bytes)),
        "Let it use less memory, or raise its memory limit in Settings.");
}

Explanation explain_error(std::string reason, std::string sentence, std::string next_step) {
    Explanation explanation;
    explanation.reason = std::move(reason);
    explanation.sentence = std::move(sentence);
    explanation.next_step = std::move(next_step);
    return explanation;
}

std::string what_visitors_see(const std::optional<std::int64_t>& live_deployment_id) {
    if (!live_deployment_id) return "Visitors get no release yet.";
    return fmt::format("Visitors still get deployment {}.", *live_deployment_id);
}

} // namespace panel::deployment
