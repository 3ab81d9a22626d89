#pragma once
// One invocation of the git program as data. Options can only be written in our source (consteval); text from
// elsewhere is a value, and the first value is preceded by --end-of-options, so that git cannot take one for
// an option. Settings travel in the environment (GIT_CONFIG_COUNT), not in arguments. The environment holds
// nothing of ours but the CA bundle. Pure, any thread.

#include "net/process.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace panel::git {

// An option or subcommand that stands in our source.
class Literal {
  public:
    template <std::size_t size> consteval Literal(const char (&text)[size]) : text_(text, size - 1) {}
    [[nodiscard]] std::string_view text() const { return text_; }

  private:
    std::string_view text_;
};

class GitCommand {
  public:
    explicit GitCommand(Literal subcommand);

    GitCommand& option(Literal text);
    // A value after the options; nothing but values may follow.
    GitCommand& value(std::string text);
    GitCommand& mirror(const std::filesystem::path& directory); // GIT_DIR
    GitCommand& setting(Literal name, std::string value);
    GitCommand& variable(Literal name, std::string value);
    GitCommand& allow_protocol(std::string scheme); // none is allowed otherwise

    [[nodiscard]] net::ProcessSpec build(std::chrono::milliseconds deadline) const;

  private:
    std::vector<std::string> argv_;
    bool has_value_ = false;
    std::vector<std::pair<std::string, std::string>> settings_;
    std::vector<std::pair<std::string, std::string>> variables_;
};

} // namespace panel::git
