#include "services/queue/asynq/scripts.hpp"

#include <string>

namespace panel::queue::asynq::scripts {

using redis::Script;

namespace {

// Publishes that a queue has got work. Not for each task of a flood: who takes one looks for the next anyhow.
// pcall: an ACL that forbids the channel must not cost the task.
const std::string wake = R"(
local function wake(channel, queue, length)
  if length <= 16 then redis.pcall("PUBLISH", channel, queue) end
end
)";

// KEYS[1] active, KEYS[2] lease, KEYS[3] task; ARGV[1] id, ARGV[2] the newest lease that is ours, or "" to
// take any: a later one is another worker's. A task whose lease was lost is still its worker's.
const std::string leave_active = R"(
local lease = redis.call("ZSCORE", KEYS[2], ARGV[1])
if lease and ARGV[2] ~= "" and tonumber(lease) > tonumber(ARGV[2]) then return 0 end
if redis.call("EXISTS", KEYS[3]) == 0 then return 0 end
if redis.call("LREM", KEYS[1], -1, ARGV[1]) == 0 then return 0 end
redis.call("ZREM", KEYS[2], ARGV[1])
)";

// The same for recovery: ARGV[2] is the time at which the lease must have run out, the last of ARGV the
// message that was judged. Anything else means that somebody was quicker.
const std::string leave_expired = R"(
local lease = redis.call("ZSCORE", KEYS[2], ARGV[1])
if not lease or tonumber(lease) > tonumber(ARGV[2]) then return 0 end
if redis.call("HGET", KEYS[3], "msg") ~= ARGV[#ARGV] then return 0 end
if redis.call("LREM", KEYS[1], -1, ARGV[1]) == 0 then return 0 end
redis.call("ZREM", KEYS[2], ARGV[1])
)";

// Counters of a day live 90 days; the totals begin again at 1 before they would overflow.
const std::string count = R"(
local limit = "9223372036854775807"
local function count_day(key, expiry)
  if redis.call("INCR", key) == 1 then redis.call("EXPIREAT", key, expiry) end
end
local function count_success(day, total, expiry)
  count_day(day, expiry)
  if redis.call("GET", total) == limit then redis.call("SET", total, 1) else redis.call("INCR", total) end
end
local function count_failure(day, failed_day, total, failed_total, expiry)
  count_day(day, expiry)
  count_day(failed_day, expiry)
  if redis.call("GET", total) == limit then
    redis.call("SET", total, 1)
    redis.call("SET", failed_total, 1)
  else
    redis.call("INCR", total)
    redis.call("INCR", failed_total)
  end
end
)";

const std::string unlock = R"(
local function unlock(key, id)
  if key and redis.call("GET", key) == id then redis.call("DEL", key) end
end
)";

// KEYS[4] retry, [5] processed today, [6] failed today, [7] processed, [8] failed
// ARGV[3] message, [4] when to retry, [5] "1" when it counts as a failure, [6] expiry of the day's counters
// -> 1; 0: it is no longer this worker's
const std::string to_retry = R"(
redis.call("ZADD", KEYS[4], ARGV[4], ARGV[1])
redis.call("HSET", KEYS[3], "msg", ARGV[3], "state", "retry")
if ARGV[5] == "1" then count_failure(KEYS[5], KEYS[6], KEYS[7], KEYS[8], ARGV[6]) end
return 1
)";

// KEYS[4] archived, [5]-[8] as above
// ARGV[3] message, [4] now, [5] archived before this goes, [6] how many may stay (without this one),
// [7] expiry of the day's counters, [8] prefix of task keys
// What is too old or too many goes with its hash, in portions: Lua's stack bounds one.
// -> 1; 0: it is no longer this worker's
const std::string to_archive = R"(
redis.call("ZADD", KEYS[4], ARGV[4], ARGV[1])
redis.call("HSET", KEYS[3], "msg", ARGV[3], "state", "archived")
count_failure(KEYS[5], KEYS[6], KEYS[7], KEYS[8], ARGV[7])
local function drop(ids)
  for _, id in ipairs(ids) do redis.call("DEL", ARGV[8] .. id) end
  if #ids > 0 then redis.call("ZREM", KEYS[4], unpack(ids)) end
  return #ids
end
for _ = 1, 20 do
  if drop(redis.call("ZRANGEBYSCORE", KEYS[4], "-inf", ARGV[5], "LIMIT", 0, 1000)) < 1000 then break end
end
for _ = 1, 20 do
  local surplus = redis.call("ZCARD", KEYS[4]) - tonumber(ARGV[6])
  if surplus <= 0 then break end
  drop(redis.call("ZRANGE", KEYS[4], 0, math.min(surplus, 1000) - 1))
end
return 1
)";

} // namespace

// KEYS[1] task, [2] pending, [3] lock (only when unique)
// ARGV[1] message, [2] id, [3] now ns, [4] channel, [5] queue, [6] seconds of the lock
// -> 1; 0: the id is taken; -1: the lock is
const Script& enqueue() {
    static const Script script(wake + R"(
if redis.call("EXISTS", KEYS[1]) == 1 then return 0 end
if KEYS[3] and not redis.call("SET", KEYS[3], ARGV[2], "NX", "EX", ARGV[6]) then return -1 end
redis.call("HSET", KEYS[1], "msg", ARGV[1], "state", "pending", "pending_since", ARGV[3])
if KEYS[3] then redis.call("HSET", KEYS[1], "unique_key", KEYS[3]) end
wake(ARGV[4], ARGV[5], redis.call("LPUSH", KEYS[2], ARGV[2]))
return 1
)");
    return script;
}

// KEYS[1] task, [2] scheduled, [3] lock (only when unique)
// ARGV[1] message, [2] id, [3] when, [4] channel, [5] queue, [6] seconds of the lock
// -> 1; 0: the id is taken; -1: the lock is
const Script& schedule() {
    static const Script script(R"(
if redis.call("EXISTS", KEYS[1]) == 1 then return 0 end
if KEYS[3] and not redis.call("SET", KEYS[3], ARGV[2], "NX", "EX", ARGV[6]) then return -1 end
redis.call("HSET", KEYS[1], "msg", ARGV[1], "state", "scheduled")
if KEYS[3] then redis.call("HSET", KEYS[1], "unique_key", KEYS[3]) end
redis.call("ZADD", KEYS[2], ARGV[3], ARGV[2])
redis.pcall("PUBLISH", ARGV[4], ARGV[5])
return 1
)");
    return script;
}

// KEYS[1] pending, [2] paused, [3] active, [4] lease
// ARGV[1] when the lease runs out, [2] prefix of task keys, [3] how many at most
// -> id, message, id, message...; the message is nil for an id without a task, which is taken out
const Script& dequeue() {
    static const Script script(R"(
local taken = {}
if redis.call("EXISTS", KEYS[2]) == 1 then return taken end
for _ = 1, tonumber(ARGV[3]) do
  local id = redis.call("RPOPLPUSH", KEYS[1], KEYS[3])
  if not id then break end
  local key = ARGV[2] .. id
  local message = redis.pcall("HGET", key, "msg")
  if type(message) == "string" then
    redis.call("HSET", key, "state", "active")
    redis.call("HDEL", key, "pending_since")
    redis.call("ZADD", KEYS[4], ARGV[1], id)
  else
    redis.call("LREM", KEYS[3], 1, id)
    message = false
  end
  taken[#taken + 1] = id
  taken[#taken + 1] = message
end
return taken
)");
    return script;
}

// KEYS[4] processed today, [5] processed, [6] lock (only when unique); ARGV[3] expiry of the day's counter
// -> 1; 0: it is no longer this worker's
const Script& done() {
    static const Script script(count + unlock + leave_active + R"(
redis.call("DEL", KEYS[3])
count_success(KEYS[4], KEYS[5], ARGV[3])
unlock(KEYS[6], ARGV[1])
return 1
)");
    return script;
}

// KEYS[4] processed today, [5] processed, [6] completed, [7] lock (only when unique)
// ARGV[3] expiry of the day's counter, [4] message, [5] when the retention is over
// -> 1; 0: it is no longer this worker's
const Script& complete() {
    static const Script script(count + unlock + leave_active + R"(
redis.call("ZADD", KEYS[6], ARGV[5], ARGV[1])
redis.call("HSET", KEYS[3], "msg", ARGV[4], "state", "completed")
count_success(KEYS[4], KEYS[5], ARGV[3])
unlock(KEYS[7], ARGV[1])
return 1
)");
    return script;
}

const Script& retry() {
    static const Script script(count + leave_active + to_retry);
    return script;
}

const Script& archive() {
    static const Script script(count + leave_active + to_archive);
    return script;
}

const Script& recover_to_retry() {
    static const Script script(count + leave_expired + to_retry);
    return script;
}

const Script& recover_to_archive() {
    static const Script script(count + leave_expired + to_archive);
    return script;
}

// KEYS[4] pending; ARGV[3] now ns, [4] channel, [5] queue
// -> 1; 0: it is no longer this worker's
const Script& requeue() {
    static const Script script(wake + leave_active + R"(
redis.call("HSET", KEYS[3], "state", "pending", "pending_since", ARGV[3])
wake(ARGV[4], ARGV[5], redis.call("RPUSH", KEYS[4], ARGV[1]))
return 1
)");
    return script;
}

// KEYS[1] active, [2] lease; ARGV[1] leases that ran out by then, [2] prefix of task keys, [3] how many at
// most
// -> id, message...; the message is nil for an id without a task, which nobody can process: it is taken out
const Script& list_expired() {
    static const Script script(R"(
local found = {}
for _, id in ipairs(redis.call("ZRANGEBYSCORE", KEYS[2], "-inf", ARGV[1], "LIMIT", 0, ARGV[3])) do
  local message = redis.pcall("HGET", ARGV[2] .. id, "msg")
  if type(message) ~= "string" then
    message = false
    redis.call("LREM", KEYS[1], 0, id)
    redis.call("ZREM", KEYS[2], id)
    redis.call("DEL", ARGV[2] .. id)
  end
  found[#found + 1] = id
  found[#found + 1] = message
end
return found
)");
    return script;
}

// KEYS[1] active, [2] lease; ARGV[1] now, [2] prefix of task keys, [3]... ids that had no lease the last time
// Those that still have none get one that has just run out, so that recovery finds them; those without a task
// are taken out.
// -> ids of active tasks without a lease, to be given the next time
const Script& adopt() {
    static const Script script(R"(
local seen = {}
for i = 3, #ARGV do seen[ARGV[i]] = true end
local suspects = {}
for _, id in ipairs(redis.call("LRANGE", KEYS[1], 0, -1)) do
  if not redis.call("ZSCORE", KEYS[2], id) then
    if not seen[id] then
      if #suspects < 1000 then suspects[#suspects + 1] = id end
    elseif type(redis.pcall("HGET", ARGV[2] .. id, "msg")) == "string" then
      redis.call("ZADD", KEYS[2], ARGV[1], id)
    else
      redis.call("LREM", KEYS[1], 0, id)
      redis.call("DEL", ARGV[2] .. id)
    end
  end
end
return suspects
)");
    return script;
}

// KEYS[1] scheduled or retry, [2] pending, [3] groups
// ARGV[1] now, [2] prefix of task keys, [3] now ns, [4] prefix of group keys, [5] how many at most, [6]
// channel, [7] queue A task of a group waits there for its aggregation, which is not ours to do; an id
// without a task is dropped.
// -> how many there were, when the next is due (nil: none)
const Script& forward() {
    static const Script script(wake + R"(
local ids = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[1], "LIMIT", 0, ARGV[5])
for _, id in ipairs(ids) do
  local key = ARGV[2] .. id
  local group = redis.pcall("HGET", key, "group")
  if redis.call("EXISTS", key) == 0 or type(group) == "table" then
    redis.call("ZREM", KEYS[1], id)
  elseif group and group ~= "" then
    redis.call("ZADD", ARGV[4] .. group, ARGV[1], id)
    redis.call("SADD", KEYS[3], group)
    redis.call("ZREM", KEYS[1], id)
    redis.call("HSET", key, "state", "aggregating")
  else
    local length = redis.call("LPUSH", KEYS[2], id)
    redis.call("ZREM", KEYS[1], id)
    redis.call("HSET", key, "state", "pending", "pending_since", ARGV[3])
    wake(ARGV[6], ARGV[7], length)
  end
end
local next_due = redis.call("ZRANGE", KEYS[1], 0, 0, "WITHSCORES")
return {#ids, next_due[2] or false}
)");
    return script;
}

// KEYS[1] completed; ARGV[1] now, [2] prefix of task keys, [3] how many at most
// -> how many went
const Script& expire() {
    static const Script script(R"(
local ids = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[1], "LIMIT", 0, ARGV[3])
for _, id in ipairs(ids) do
  redis.call("DEL", ARGV[2] .. id)
  redis.call("ZREM", KEYS[1], id)
end
return #ids
)");
    return script;
}

// KEYS[1] server, [2] its workers; ARGV[1] seconds that both live, [2] ServerInfo, [3]... id, WorkerInfo, ...
const Script& heartbeat() {
    static const Script script(R"(
redis.call("SETEX", KEYS[1], ARGV[1], ARGV[2])
redis.call("DEL", KEYS[2])
for i = 3, #ARGV, 2 do redis.call("HSET", KEYS[2], ARGV[i], ARGV[i + 1]) end
if #ARGV > 2 then redis.call("EXPIRE", KEYS[2], ARGV[1]) end
return 1
)");
    return script;
}

// KEYS[1] task; ARGV[1] the result
// -> 1; 0: there is no such task any more
const Script& write_result() {
    static const Script script(R"(
if redis.call("EXISTS", KEYS[1]) == 0 then return 0 end
redis.call("HSET", KEYS[1], "result", ARGV[1])
return 1
)");
    return script;
}

// KEYS[1] pending, [2] active, [3] scheduled, [4] retry, [5] archived, [6] completed, [7] processed, [8]
// failed, [9] paused; ARGV[1] prefix of task keys
// -> six sizes, processed, failed, whether it is paused, pending_since (ns) of the next pending one or nil
const Script& stats() {
    static const Script script(R"(
local next_id = redis.call("LINDEX", KEYS[1], -1)
return {
  redis.call("LLEN", KEYS[1]), redis.call("LLEN", KEYS[2]), redis.call("ZCARD", KEYS[3]), redis.call("ZCARD", KEYS[4]),
  redis.call("ZCARD", KEYS[5]), redis.call("ZCARD", KEYS[6]), tonumber(redis.call("GET", KEYS[7]) or 0),
  tonumber(redis.call("GET", KEYS[8]) or 0), redis.call("EXISTS", KEYS[9]),
  next_id and redis.call("HGET", ARGV[1] .. next_id, "pending_since") or false,
}
)");
    return script;
}

} // namespace panel::queue::asynq::scripts
