#pragma once
// What git prints on stderr while it fetches, for a build log: whole lines that tell progress, as clean text,
// and a moving count at most every 2 s. Keeps the end of everything for explaining a failure. Pure but for
// the clock, one object per fetch.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace panel::git {

class ProgressLines {
  public:
    // The lines to show, without line feeds.
    [[nodiscard]] std::vector<std::string> put(std::string_view bytes,
                                               std::chrono::steady_clock::time_point now);
    [[nodiscard]] const std::string& tail() const { return tail_; } // at most the last 16 KiB

  private:
    std::string line_;
    std::string tail_;
    std::chrono::steady_clock::time_point shown_;
};

} // namespace panel::git
