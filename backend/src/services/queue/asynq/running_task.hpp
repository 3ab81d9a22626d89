#pragma once
// A task between its dequeue and the end of its try, in this process. Shared by the worker and the coroutine
// that performs it; the heartbeat extends its lease. Plain data; loop thread only.

#include "base/clock.hpp"
#include "services/queue/asynq/messages.pb.h"

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>

namespace panel::queue::asynq {

struct RunningTask;
using RunningTasks = std::list<std::shared_ptr<RunningTask>>;

enum class Interruption { none, cancelled, timed_out, lease_lost, stopping };

struct RunningTask {
    TaskMessage message;
    Timestamp started;
    Timestamp ends;                                   // timeout and deadline, by the wall clock
    std::chrono::steady_clock::time_point lease_ends; // by our own clock, from before the call that got it
    std::int64_t lease_score = 0;                     // the newest that we wrote, Unix seconds
    Interruption interruption = Interruption::none;
    bool in_handler = true;
    bool given_back = false;     // by stop(): what its handler still does counts no more
    std::uint64_t coroutine = 0; // in the worker's task group
    RunningTasks::iterator place;

    [[nodiscard]] bool holds_lease() const { return std::chrono::steady_clock::now() < lease_ends; }
};

} // namespace panel::queue::asynq
