#include "services/deployment/watch_judge.hpp"

#include "services/deployment/explain.hpp"

#include <fmt/format.h>

#include <utility>

namespace panel::deployment {

WatchJudge::Verdict WatchJudge::judge(const WatchLook& look, bool is_over) {
    const bool excused = std::exchange(excused_, false);
    const bool ended = !look.exists || !look.running;
    const bool started_again = look.restarts > restarts_;
    if (ended || started_again) {
        restarts_ = look.restarts;
        if (!excused) return Verdict::failed;
        return ended ? Verdict::start_again : Verdict::wait;
    }
    if (look.last_status && *look.last_status < 500) {
        failed_looks_ = 0;
        return is_over ? Verdict::passed : Verdict::wait;
    }
    return ++failed_looks_ >= most_failed_looks ? Verdict::failed : Verdict::wait;
}

namespace {

enum class Trouble { out_of_memory, removed, ended, crashed, unhealthy };

Trouble trouble_of(const WatchLook& look, const WatchedApp& app) {
    if (look.out_of_memory) return Trouble::out_of_memory;
    if (!look.exists) return Trouble::removed;
    if (!look.running) return Trouble::ended;
    return look.restarts > app.restarts ? Trouble::crashed : Trouble::unhealthy;
}

// Goes on after "It went live, but 23 s later ".
std::string words_of(Trouble trouble, const WatchLook& look, const WatchedApp& app) {
    if (trouble == Trouble::removed) return "its container was gone";
    if (trouble == Trouble::ended)
        return fmt::format("its process had ended with exit code {}", look.exit_code);
    if (trouble == Trouble::crashed) return "its process had crashed and been started again";
    return look.last_status ? fmt::format("it answered {} with status {}", app.health_path, *look.last_status)
                            : fmt::format("it no longer answered {}", app.health_path);
}

} // namespace

Explanation explain_watch(const WatchLook& look, const WatchedApp& app) {
    const auto trouble = trouble_of(look, app);
    const auto lead = fmt::format("It went live, but {} s later ", app.live_for.count());
    auto explanation =
        trouble == Trouble::out_of_memory
            ? explain_memory_kill(app.memory_limit_bytes, lead + "it")
            : explain_error(trouble == Trouble::unhealthy ? "unhealthy_after_switch" : "died_after_switch",
                            lead + words_of(trouble, look, app) + '.',
                            "Read what it printed, fix it and deploy again.");
    explanation.log_text = app.printed;
    return explanation;
}

} // namespace panel::deployment
