#pragma once
// Judges a release after the switch from what each look at it finds. Pure; one per watched deployment, kept
// while this process lives. It fails when its process ends or is started again, or when three looks in a row
// get no healthy answer. One death is excused where it may be the server's own doing: the first look after
// this panel or the engine was away, since a restart of the machine ends every container.

#include "models/deployment.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace panel::deployment {

struct WatchLook {
    bool exists = true; // the container
    bool running = true;
    int exit_code = 0;
    bool out_of_memory = false;
    std::int64_t restarts = 0;      // by the engine, in the container's life
    std::optional<int> last_status; // of the health path; nothing: no answer in time
};

class WatchJudge {
  public:
    static constexpr int most_failed_looks = 3;

    enum class Verdict {
        wait,        // look again
        start_again, // ended, excused
        passed,
        failed,
    };

    explicit WatchJudge(std::int64_t restarts) : restarts_(restarts) {}

    // `is_over`: the watch time has passed. It passes with a healthy look only.
    [[nodiscard]] Verdict judge(const WatchLook& look, bool is_over);
    // The next death may be the server's doing.
    void excuse_next() { excused_ = true; }

  private:
    std::int64_t restarts_;
    int failed_looks_ = 0;
    bool excused_ = false;
};

struct WatchedApp {
    std::string health_path;
    std::int64_t memory_limit_bytes = 0;
    std::chrono::seconds live_for{0}; // when the last look was made
    std::string printed;              // its newest lines
    std::int64_t restarts = 0;        // when it went live
};
// Why it failed, from the look that decided; what visitors see is the caller's to add.
[[nodiscard]] Explanation explain_watch(const WatchLook& look, const WatchedApp& app);

} // namespace panel::deployment
