#pragma once
// The Lua scripts: each is one step between two states of a task, all of it or nothing. They check all that
// can fail before they change anything, since Redis does not undo. They run on Redis 4 and newer, keep
// Asynq's effects (keys and fields of v0.26.0) and mend its known faults where that stays compatible. KEYS,
// ARGV and the reply of each stand above its text in scripts.cpp. Times are Unix seconds unless "ns"
// (nanoseconds).

#include "services/queue/redis/script.hpp"

namespace panel::queue::asynq::scripts {

const redis::Script& enqueue();            // -> pending
const redis::Script& schedule();           // -> scheduled
const redis::Script& dequeue();            // pending -> active, several at once
const redis::Script& done();               // active -> gone
const redis::Script& complete();           // active -> completed
const redis::Script& retry();              // active -> retry
const redis::Script& archive();            // active -> archived
const redis::Script& requeue();            // active -> pending, at the head
const redis::Script& list_expired();       // what recovery has to look at
const redis::Script& recover_to_retry();   // active, lease run out -> retry
const redis::Script& recover_to_archive(); // active, lease run out -> archived
const redis::Script& adopt();              // gives active tasks that lost their lease one again
const redis::Script& forward();            // scheduled, retry -> pending when it is time
const redis::Script& expire();             // completed -> gone when its retention is over
const redis::Script& heartbeat();          // what a server says of itself
const redis::Script& write_result();       // beside an existing task
const redis::Script& stats();

} // namespace panel::queue::asynq::scripts
