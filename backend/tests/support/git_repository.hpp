#pragma once
// A bare repository for tests, filled by `git fast-import`: no work tree, any number of files in one process,
// any mode.

#include "net/process.hpp"
#include "support/run.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace panel::test {

struct TestFile {
    std::string path;
    std::string content;
    std::string mode = "100644"; // 100755, 120000 (content is the target), 160000 (content is a commit hash)
};

class GitRepository {
  public:
    explicit GitRepository(std::filesystem::path directory) : directory_(std::move(directory)) {
        git({"init", "--quiet", "--bare", "--initial-branch=main", directory_.native()});
    }

    // Adds a commit to the branch and returns its hash. `replaces` starts the branch anew, as a forced push
    // does.
    std::string commit(const std::string& branch, const std::string& message,
                       const std::vector<TestFile>& files, bool replaces = false) {
        const bool is_new = replaces || git({"for-each-ref", "refs/heads/" + branch}).empty();
        // A branch to be replaced is reset first: fast-import would otherwise go on from it.
        std::string script = is_new ? fmt::format("reset refs/heads/{}\n\n", branch) : std::string();
        script += fmt::format(
            "commit refs/heads/{}\ncommitter Lena Example <lena@example.com> 1750000000 +0200\ndata {}\n{}\n",
            branch, message.size(), message);
        if (!is_new) script += fmt::format("from refs/heads/{}^0\n", branch);
        for (const auto& file : files) {
            if (file.mode == "160000") {
                script += fmt::format("M 160000 {} {}\n", file.content, file.path);
            } else {
                script += fmt::format("M {} inline {}\ndata {}\n{}\n", file.mode, file.path,
                                      file.content.size(), file.content);
            }
        }
        git({"fast-import", "--quiet", "--force"}, script);
        return git({"rev-parse", "refs/heads/" + branch});
    }

    // Output without its last line feed. Throws when git fails.
    std::string git(std::vector<std::string> arguments, std::string input = {}) const {
        net::ProcessSpec spec;
        spec.argv = {"git"};
        spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
        spec.environment = {{"PATH", "/usr/bin:/bin"},
                            {"HOME", "/nonexistent"},
                            {"GIT_CONFIG_NOSYSTEM", "1"},
                            {"GIT_DIR", directory_.native()}};
        spec.input = std::move(input);
        const auto exit = run(net::run_process(std::move(spec)), std::chrono::seconds{60});
        if (!exit || exit->exit_code != 0)
            throw std::runtime_error("git " + arguments.front() + ": " +
                                     (exit ? exit->standard_error : exit.error().message));
        auto output = exit->standard_output;
        if (output.ends_with('\n')) output.pop_back();
        return output;
    }

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

  private:
    std::filesystem::path directory_;
};

} // namespace panel::test
