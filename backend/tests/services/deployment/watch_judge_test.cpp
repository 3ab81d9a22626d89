#include "services/deployment/watch_judge.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace std::chrono_literals;
using deployment::WatchJudge;
using deployment::WatchLook;
using Verdict = WatchJudge::Verdict;

namespace {

WatchLook answering(int status) {
    WatchLook look;
    look.last_status = status;
    return look;
}
WatchLook ended(int exit_code = 1) {
    WatchLook look;
    look.running = false;
    look.exit_code = exit_code;
    return look;
}
WatchLook restarted(std::int64_t times) {
    auto look = answering(200);
    look.restarts = times;
    return look;
}

} // namespace

TEST_CASE("a release that answers passes when its watch is over, not before") {
    WatchJudge judge(0);
    CHECK(judge.judge(answering(200), false) == Verdict::wait);
    CHECK(judge.judge(answering(404), false) == Verdict::wait);
    CHECK(judge.judge(answering(200), true) == Verdict::passed);
}

TEST_CASE("three looks in a row without a healthy answer fail, two do not") {
    WatchJudge judge(0);
    CHECK(judge.judge(answering(500), false) == Verdict::wait);
    CHECK(judge.judge(WatchLook{}, false) == Verdict::wait);
    CHECK(judge.judge(answering(200), false) == Verdict::wait); // begins anew
    CHECK(judge.judge(answering(503), false) == Verdict::wait);
    CHECK(judge.judge(answering(503), true) == Verdict::wait); // undecided when the time is over
    CHECK(judge.judge(answering(503), true) == Verdict::failed);
}

TEST_CASE("a process that ends or is started again fails at once") {
    CHECK(WatchJudge(0).judge(ended(), false) == Verdict::failed);
    CHECK(WatchJudge(0).judge(restarted(1), false) == Verdict::failed);
    CHECK(WatchJudge(2).judge(restarted(2), false) == Verdict::wait); // restarts of before the switch
    WatchLook gone;
    gone.exists = false;
    CHECK(WatchJudge(0).judge(gone, true) == Verdict::failed);
}

TEST_CASE("one death that may be the server's doing is excused, the next is not") {
    WatchJudge judge(0);
    judge.excuse_next();
    CHECK(judge.judge(ended(137), false) == Verdict::start_again);
    CHECK(judge.judge(ended(137), false) == Verdict::failed);
    WatchJudge other(0);
    other.excuse_next();
    CHECK(other.judge(restarted(1), false) == Verdict::wait);
    CHECK(other.judge(restarted(1), true) == Verdict::passed);
}

TEST_CASE("an excuse that was not needed is used up by a healthy look") {
    WatchJudge judge(0);
    judge.excuse_next();
    CHECK(judge.judge(answering(200), false) == Verdict::wait);
    CHECK(judge.judge(ended(), false) == Verdict::failed);
}

TEST_CASE("the explanation says what was seen and when") {
    deployment::WatchedApp app{"/health", 512 << 20, 23s, "Error: no database\n", 0};
    const auto of = [&](const WatchLook& look) { return deployment::explain_watch(look, app); };
    CHECK(of(ended(3)).sentence == "It went live, but 23 s later its process had ended with exit code 3.");
    CHECK(of(ended(3)).reason == "died_after_switch");
    CHECK(of(ended(3)).log_text == "Error: no database\n");
    CHECK(of(restarted(1)).sentence ==
          "It went live, but 23 s later its process had crashed and been started again.");
    CHECK(of(answering(500)).sentence == "It went live, but 23 s later it answered /health with status 500.");
    CHECK(of(answering(500)).reason == "unhealthy_after_switch");
    CHECK(of(WatchLook{}).sentence == "It went live, but 23 s later it no longer answered /health.");
    auto killed = ended(137);
    killed.out_of_memory = true;
    CHECK(of(killed).sentence ==
          "It went live, but 23 s later it used more than its 512 MB of memory and was killed.");
    CHECK(of(killed).reason == "out_of_memory");
    auto killed_and_back = restarted(1); // the flag stays while it runs again
    killed_and_back.out_of_memory = true;
    CHECK(of(killed_and_back).sentence == of(killed).sentence);
    app.memory_limit_bytes = 0;
    CHECK(of(killed).sentence ==
          "It went live, but 23 s later it was killed because the server ran out of memory.");
    WatchLook gone;
    gone.exists = false;
    CHECK(of(gone).sentence == "It went live, but 23 s later its container was gone.");
}
