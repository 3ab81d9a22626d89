#include "services/git/git_command.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace panel::git;

namespace {

std::string variable(const panel::net::ProcessSpec& spec, const std::string& name) {
    const auto found = std::ranges::find(spec.environment, name, [](const auto& pair) { return pair.first; });
    return found == spec.environment.end() ? "(absent)" : found->second;
}

std::string setting(const panel::net::ProcessSpec& spec, const std::string& name) {
    for (const auto& [key, value] : spec.environment) {
        if (key.starts_with("GIT_CONFIG_KEY_") && value == name)
            return variable(spec, "GIT_CONFIG_VALUE_" + key.substr(15));
    }
    return "(absent)";
}

} // namespace

TEST_CASE("a value never becomes an option of git") {
    GitCommand command("fetch");
    command.option("--depth=1").value("--upload-pack=touch x").value("-c");
    const auto spec = command.build(std::chrono::seconds{1});
    CHECK(spec.argv == std::vector<std::string>{"git", "fetch", "--depth=1", "--end-of-options",
                                                "--upload-pack=touch x", "-c"});
}

TEST_CASE("git gets none of our environment, no hooks, no helper and no protocol that was not named") {
    ::setenv("GIT_SSH_COMMAND", "evil", 1);
    ::setenv("GIT_SSL_CAINFO", "/ca.pem", 1);
    GitCommand command("ls-remote");
    const auto spec = command.build(std::chrono::seconds{7});
    ::unsetenv("GIT_SSH_COMMAND");
    ::unsetenv("GIT_SSL_CAINFO");
    CHECK(spec.deadline == std::chrono::seconds{7});
    CHECK(variable(spec, "GIT_SSH_COMMAND") == "(absent)");
    CHECK(variable(spec, "GIT_SSL_CAINFO") == "/ca.pem");
    CHECK(variable(spec, "GIT_TERMINAL_PROMPT") == "0");
    CHECK(variable(spec, "GIT_CONFIG_NOSYSTEM") == "1");
    CHECK(variable(spec, "GIT_CONFIG_GLOBAL") == "/dev/null");
    CHECK(variable(spec, "HOME") == "/nonexistent");
    CHECK(variable(spec, "GIT_ALLOW_PROTOCOL") == "(absent)");
    CHECK(setting(spec, "protocol.allow") == "never");
    CHECK(setting(spec, "core.hooksPath") == "/dev/null");
    CHECK(setting(spec, "core.fsmonitor") == "false");
    CHECK(setting(spec, "credential.helper").empty());
    CHECK(setting(spec, "http.followRedirects") == "false");
    CHECK(std::stoul(variable(spec, "GIT_CONFIG_COUNT")) >= 8);
}

TEST_CASE("settings of a call come after those of every call") {
    GitCommand command("fetch");
    command.setting("http.curloptResolve", "git.example.com:443:8.8.8.8")
        .allow_protocol("https")
        .mirror("/mirrors/x.git");
    const auto spec = command.build(std::chrono::seconds{1});
    CHECK(setting(spec, "http.curloptResolve") == "git.example.com:443:8.8.8.8");
    CHECK(variable(spec, "GIT_ALLOW_PROTOCOL") == "https");
    CHECK(variable(spec, "GIT_DIR") == "/mirrors/x.git");
}
