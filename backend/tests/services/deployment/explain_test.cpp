#include "services/deployment/explain.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace panel;
using namespace panel::deployment;

namespace {

std::deque<LogLine> lines(const std::vector<std::string>& texts) {
    std::deque<LogLine> result;
    for (const auto& text : texts) result.push_back({static_cast<std::int64_t>(result.size()) + 1, text});
    return result;
}

docker::BuildOutcome failed(int exit_code, std::string step = "RUN npm run build") {
    docker::BuildOutcome outcome;
    outcome.exit_code = exit_code;
    outcome.failed_step = std::move(step);
    outcome.error = "process did not complete";
    return outcome;
}

struct Row {
    const char* line;
    const char* reason;
    const char* sentence;
};

} // namespace

TEST_CASE("known causes are named in one sentence") {
    const Row rows[] = {
        {"Error: Cannot find module '@acme/ui'", "missing_module", "The module @acme/ui could not be found."},
        {"Module not found: Can't resolve './nav'", "missing_module", "The build could not find ./nav."},
        {"[vite]: Rollup failed to resolve import \"left-pad\" from \"src/main.js\".", "missing_module",
         "The build could not find left-pad."},
        {"npm error `npm ci` can only install packages when your package.json and package-lock.json or "
         "npm-shrinkwrap.json are in sync.",
         "lockfile_out_of_date", "package-lock.json does not match package.json."},
        {" ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with \"frozen-lockfile\"", "lockfile_out_of_date",
         "pnpm-lock.yaml does not match package.json."},
        {"error: lockfile had changes, but lockfile is frozen", "lockfile_out_of_date",
         "bun.lock does not match package.json."},
        {"FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of "
         "memory",
         "out_of_memory", "The build ran out of memory: Node's heap was full."},
        {"cp: error writing '/x': No space left on device", "no_space",
         "The disk is full: the build found no space left on the server."},
        {"Error: ENOSPC: no space left on device, write", "no_space",
         "The disk is full: the build found no space left on the server."},
        {"npm error Missing script: \"build\"", "missing_script", "package.json has no script named build."},
        {"error: Environment variable not found: DATABASE_URL.", "missing_variable",
         "The environment variable DATABASE_URL is not set."},
    };
    for (const auto& row : rows) {
        CAPTURE(row.line);
        const auto explanation = explain_build(failed(1), {}, lines({"> build", row.line, "exit"}));
        CHECK(explanation.reason == row.reason);
        CHECK(explanation.sentence == row.sentence);
        CHECK(explanation.log_line == 2);
        CHECK(explanation.log_text == std::string(row.line));
        CHECK_FALSE(explanation.next_step.empty());
    }
}

TEST_CASE("a build that the kernel killed was out of memory") {
    CHECK(explain_build(failed(137), {}, lines({"building", "Killed"})).reason == "out_of_memory");
}

TEST_CASE("a build that the limit ended is told the limit and what was seen in use, whatever its log says") {
    constexpr std::int64_t megabyte = 1 << 20;
    const BuildUse use{.peak_bytes = 1490 * megabyte, .limit_bytes = 1536 * megabyte, .out_of_memory = true};
    const auto log = lines({"> build", "npm error Missing script: \"build\"", "Killed"});
    const auto explanation = explain_build(failed(1), use, log);
    CHECK(explanation.reason == "out_of_memory");
    CHECK(explanation.sentence ==
          "The build needed more than 1.5 GB of memory and was ended (limit 1.5 GB; 1.5 GB of it "
          "were seen in use).");
    CHECK(explanation.log_text == "npm error Missing script: \"build\"");
    // Killed without the kernel's word: only when it held nearly all that there was.
    CHECK(explain_build(failed(137), {1400 * megabyte, 1536 * megabyte}, {}).sentence.contains("1.5 GB"));
    CHECK(explain_build(failed(137), {100 * megabyte, 1536 * megabyte}, {}).sentence ==
          "The build was killed because the server ran out of memory.");
    CHECK(explain_build(failed(1), {1536 * megabyte, 1536 * megabyte}, {}).reason == "command_failed");
}

TEST_CASE("where no rule fits, the command, its exit code and the line that speaks of an error are named") {
    const auto explanation =
        explain_build(failed(3), {}, lines({"compiling", "Error: something odd", "done"}));
    CHECK(explanation.reason == "command_failed");
    CHECK(explanation.sentence == "The command \"RUN npm run build\" failed with exit code 3.");
    CHECK(explanation.log_line == 2);
}

TEST_CASE("an app on another port, on localhost only, silent, ended or failing is told apart") {
    HealthFailure failure;
    failure.expected_port = 3000;
    failure.health_path = "/";
    failure.deadline_seconds = 120;
    CHECK(explain_health(failure, {}).sentence == "The app did not listen on port 3000 within 120 s.");
    failure.listening_ports = {8080};
    CHECK(explain_health(failure, {}).sentence == "The app listens on port 8080, not on port 3000.");
    failure.listening_ports = {3000};
    CHECK(explain_health(failure, {}).sentence ==
          "The app listens on port 3000, but did not answer / within 120 s.");
    failure.loopback_listening_ports = {3000};
    CHECK(explain_health(failure, {}).reason == "listens_on_loopback");
    failure.answered_without_http = true;
    CHECK(explain_health(failure, {}).reason == "not_http");
    failure.last_status = 500;
    CHECK(explain_health(failure, {}).sentence == "The app answered / with status 500.");
    failure.exited = true;
    failure.exit_code = 0;
    CHECK(explain_health(failure, {}).sentence == "The app ended with exit code 0 instead of staying up.");
    failure.out_of_memory = true;
    failure.memory_limit_bytes = 512 * 1024 * 1024;
    CHECK(explain_health(failure, {}).sentence ==
          "The app used more than its 512 MB of memory and was killed.");
}

TEST_CASE("what an app that ended printed last explains it") {
    HealthFailure failure;
    failure.exited = true;
    failure.exit_code = 1;
    const auto explanation =
        explain_health(failure, lines({"==> What the app printed", "Error: Cannot find module 'express'"}));
    CHECK(explanation.sentence == "The module express could not be found.");
    CHECK(explanation.log_line == 2);
}

TEST_CASE("what visitors see follows from what is live") {
    CHECK(what_visitors_see(213) == "Visitors still get deployment 213.");
    CHECK(what_visitors_see(std::nullopt) == "Visitors get no release yet.");
}
