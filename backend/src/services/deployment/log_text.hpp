#pragma once
// Turns what tools print into the lines of a build log: each with its time, valid UTF-8, bounded in length;
// remembers the newest lines for explanations. Pure; one per deployment.

#include "base/clock.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace panel::deployment {

struct LogLine {
    std::int64_t number = 0; // 1-based
    std::string text;        // without time and without colours
};

class LogText {
  public:
    static constexpr std::size_t line_limit = 16 * 1024;
    static constexpr std::size_t remembered_lines = 400;

    // `lines` and `bytes` are those that the log holds already (a deployment taken over).
    explicit LogText(std::int64_t lines = 0) : lines_(lines) {}

    // The log bytes for `text`, which may end in the middle of a line: the rest waits for more, or for
    // finish().
    [[nodiscard]] std::string append(Timestamp now, std::string_view text);
    [[nodiscard]] std::string finish(Timestamp now);

    // Lines from number `line` on are all that one line: they were not kept, and it says so.
    void gather(std::int64_t line);

    [[nodiscard]] std::int64_t lines() const { return lines_; }
    [[nodiscard]] const std::deque<LogLine>& newest() const { return newest_; }

  private:
    void take_line(Timestamp now, std::string_view line, std::string& out);

    std::int64_t lines_;
    std::string partial_;
    std::size_t dropped_ = 0; // bytes of the current line over the limit
    std::deque<LogLine> newest_;
};

// Lines without the times that a container engine puts before them: they get the log's own.
[[nodiscard]] std::string without_times(std::string_view lines);

// What an engine's log says, for an explanation: without times and colours, in valid UTF-8.
[[nodiscard]] std::string plain_lines(std::string_view lines);

// Without ANSI escape sequences; of a line redrawn with '\r' what is seen last.
[[nodiscard]] std::string plain_text(std::string_view line);

} // namespace panel::deployment
