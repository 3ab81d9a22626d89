#pragma once
// Turns bytes that a program printed into whole lines of clean text: valid UTF-8 (U+FFFD for what is not), no
// NUL, each ended by
// '\n', at most `line_limit_bytes` long; the rest of a longer line is dropped and the cut is said. Holds one
// unfinished line at most, so memory is bounded whatever comes. Pure; not thread-safe.

#include <cstddef>
#include <string>
#include <string_view>

namespace panel::docker {

inline constexpr std::size_t line_limit_bytes = 16 * 1024;

class LineAssembler {
  public:
    // Appends the lines that `bytes` completes to `out`.
    void feed(std::string_view bytes, std::string& out);
    // The program has ended: appends what is held back as a line.
    void finish(std::string& out);

  private:
    void take(std::string_view piece, std::string& out);

    std::string pending_;
    bool skipping_ = false; // inside a line that was cut, up to its '\n'
};

// `bytes` as valid UTF-8 without NUL, cut to `limit` bytes at a character boundary.
[[nodiscard]] std::string clean_text(std::string_view bytes, std::size_t limit);

} // namespace panel::docker
