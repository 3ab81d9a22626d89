#pragma once
// Writes Dockerfile instructions so that no value can become an instruction: every instruction is one line,
// every value is a JSON string or a checked word. A value that cannot be carried makes finish() fail; nothing
// is silently changed. Pure, any thread.

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace panel::framework {

// A JSON array of strings, as RUN, CMD and COPY take it.
[[nodiscard]] std::string json_words(const std::vector<std::string>& words);

class DockerfileText {
  public:
    // `text` must be the panel's own.
    void comment(std::string_view text);
    void blank();
    void from(std::string_view image, std::string_view stage = {});
    void environment(const std::vector<std::pair<std::string, std::string>>& variables);
    void work_directory(const std::string& path);
    // Paths are literal: wildcards and variables in them are refused. `options` are flags of the panel's own.
    void copy(std::string_view options, const std::vector<std::string>& sources, const std::string& target);
    void run(const std::vector<std::string>& mounts, const std::vector<std::string>& arguments);
    void run_shell(const std::vector<std::string>& mounts, const std::string& script);
    void user(std::string_view name);
    void expose(int port);
    void stop_signal(std::string_view name);
    void command(const std::vector<std::string>& arguments);

    // Code::invalid with the first value that could not be written.
    [[nodiscard]] Result<std::string> finish() const;

  private:
    void line(std::string_view keyword, std::string_view rest);
    void check_path(const std::string& path);
    void check_text(const std::string& text, std::string_view what);

    std::string text_;
    std::string problem_;
};

} // namespace panel::framework
