#pragma once
// The readable side of a BuildKit build: takes the StatusResponse messages of its progress and gives log
// text, and remembers which step failed. One heading "#4 [build 3/7] RUN npm ci" per step when it starts, its
// output line by line, then "#4 DONE 3.2s",
// "#4 CACHED", "#4 CANCELED" or "#4 ERROR: ...". Output of a step that runs beside the one headed last is
// prefixed with its number. BuildKit's internal steps are hidden unless they fail. Steps and memory are
// bounded. Pure; not thread-safe.

#include "services/docker/line_assembler.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace panel::docker {

namespace buildkit {
class Vertex;
class VertexLog;
class VertexStatus;
} // namespace buildkit

struct FailedStep {
    std::string name;  // "RUN npm run build", without its place
    std::string error; // BuildKit's sentence
};

class BuildProgress {
  public:
    // The text that one serialised StatusResponse gives; "" for bytes that are none.
    [[nodiscard]] std::string feed(std::string_view message);
    // What is held back at the end.
    [[nodiscard]] std::string finish();
    [[nodiscard]] const std::optional<FailedStep>& failed_step() const { return failed_; }

  private:
    struct Step {
        std::string name;
        int number = 0; // order of first heading; 0: not headed yet
        bool is_internal = false;
        bool is_running = false;
        bool has_ended = false;
        std::int64_t ended_run = 0; // start of the run that was last reported as ended
        LineAssembler output;       // one each, so that a half line of one is not glued to the other
        LineAssembler errors;
        std::set<std::string, std::less<>> reported; // downloads that have been told
    };

    Step* find(const std::string& digest, std::string_view name);
    void head(Step& step, std::string& out);
    void print(Step& step, std::string_view lines, std::string& out);
    void on_vertex(const buildkit::Vertex& vertex, std::string& out);
    void on_end(Step& step, const buildkit::Vertex& vertex, std::string& out);
    void on_error(Step& step, const std::string& error, std::string& out);
    void on_status(const buildkit::VertexStatus& status, std::string& out);
    void on_log(const buildkit::VertexLog& log, std::string& out);

    std::map<std::string, Step> steps_; // by digest
    const Step* headed_ = nullptr;      // whose heading was printed last
    int count_ = 0;
    std::optional<FailedStep> failed_;
};

// A step or build that was stopped because somebody asked for it, or because another step failed.
[[nodiscard]] bool is_cancellation(std::string_view error);

// "exit code: 137" at the end of BuildKit's sentence about a failed step.
[[nodiscard]] std::optional<int> exit_code_of(std::string_view error);

} // namespace panel::docker
