#include "services/git/git_command.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cstdlib>

namespace panel::git {

GitCommand::GitCommand(Literal subcommand) : argv_{"git", std::string(subcommand.text())} {
    // Nothing that a repository or a server can bring along is run or asked for (R10 of the security rules).
    settings_ = {{"core.hooksPath", "/dev/null"},   {"core.fsmonitor", "false"},
                 {"protocol.allow", "never"},       {"credential.helper", ""},
                 {"http.followRedirects", "false"}, {"fetch.recurseSubmodules", "false"},
                 {"submodule.recurse", "false"},    {"maintenance.auto", "false"},
                 {"gc.packRefs", "false"}, // the presence of a loose ref says that its commit is complete
                 {"gc.autoDetach", "false"},        {"gc.pruneExpire", "1.day.ago"},
                 {"core.quotePath", "false"}};
    variables_ = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                  {"HOME", "/nonexistent"},
                  {"LC_ALL", "C"},
                  {"GIT_CONFIG_NOSYSTEM", "1"},
                  {"GIT_CONFIG_GLOBAL", "/dev/null"},
                  {"GIT_TERMINAL_PROMPT", "0"},
                  {"GIT_OPTIONAL_LOCKS", "0"}};
    for (const char* name :
         {"SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "CURL_CA_BUNDLE"}) {
        if (const char* value = std::getenv(name); value != nullptr) variables_.emplace_back(name, value);
    }
}

GitCommand& GitCommand::option(Literal text) {
    assert(!has_value_);
    argv_.emplace_back(text.text());
    return *this;
}

GitCommand& GitCommand::value(std::string text) {
    if (!has_value_) argv_.emplace_back("--end-of-options");
    has_value_ = true;
    argv_.push_back(std::move(text));
    return *this;
}

GitCommand& GitCommand::mirror(const std::filesystem::path& directory) {
    variables_.emplace_back("GIT_DIR", directory.native());
    return *this;
}

GitCommand& GitCommand::setting(Literal name, std::string value) {
    settings_.emplace_back(name.text(), std::move(value));
    return *this;
}

GitCommand& GitCommand::variable(Literal name, std::string value) {
    variables_.emplace_back(name.text(), std::move(value));
    return *this;
}

GitCommand& GitCommand::allow_protocol(std::string scheme) {
    variables_.emplace_back("GIT_ALLOW_PROTOCOL", std::move(scheme));
    return *this;
}

net::ProcessSpec GitCommand::build(std::chrono::milliseconds deadline) const {
    net::ProcessSpec spec;
    spec.argv = argv_;
    spec.environment = variables_;
    spec.environment.emplace_back("GIT_CONFIG_COUNT", std::to_string(settings_.size()));
    for (std::size_t i = 0; i < settings_.size(); ++i) {
        spec.environment.emplace_back(fmt::format("GIT_CONFIG_KEY_{}", i), settings_[i].first);
        spec.environment.emplace_back(fmt::format("GIT_CONFIG_VALUE_{}", i), settings_[i].second);
    }
    spec.deadline = deadline;
    return spec;
}

} // namespace panel::git
