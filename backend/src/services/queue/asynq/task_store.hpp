#pragma once
// The steps of a task's life in Redis, one atomic script each: what worker, recoverer, forwarder and janitor
// do is said in these words. Owned by RedisQueue. Errors of all: unavailable (Redis is away or refuses),
// cancelled. Loop thread only.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "services/queue/asynq/messages.pb.h"
#include "services/queue/asynq/settings.hpp"
#include "services/queue/redis/redis.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace panel::queue::asynq {

// A task out of a container; no message: the id had no task behind it.
struct Found {
    std::string id;
    std::optional<std::string> message;
};

// A step out of `active`, to be applied once or, after a lost answer, again.
struct Step {
    const redis::Script* script = nullptr;
    std::vector<std::string> keys;
    std::vector<std::string> arguments; // [0] the id, [1] the fence
};

struct Forwarded {
    std::int64_t count = 0;
    std::optional<std::int64_t> next_due; // Unix seconds
};

template <class T> using Answer = boost::asio::awaitable<Result<T>>;

class TaskStore {
  public:
    TaskStore(redis::Redis& redis, const Clock& clock, const Settings& settings)
        : redis_(redis), clock_(clock), settings_(settings) {}

    // Up to `count` tasks, leased until `lease_end` (Unix seconds).
    Answer<std::vector<Found>> dequeue(std::string queue, std::size_t count, std::int64_t lease_end);

    // The ends of a try; the message already holds what changed in it. `raw` stands for a message that cannot
    // be decoded.
    [[nodiscard]] Step done(const TaskMessage& message) const;
    [[nodiscard]] Step complete(const TaskMessage& message) const;
    [[nodiscard]] Step retry(const TaskMessage& message, Timestamp at, bool is_failure) const;
    [[nodiscard]] Step archive(const TaskMessage& message) const;
    [[nodiscard]] Step archive_raw(std::string queue, std::string id, std::string raw) const;
    [[nodiscard]] Step requeue(std::string queue, std::string id) const;
    // The step as recovery takes it: only while the lease has run out by `cutoff` and the message is
    // `judged`.
    [[nodiscard]] static Step as_recovery(Step step, std::int64_t cutoff, std::string judged);

    // `newest_lease`: a later one is not ours; none: any. False: it is no longer this worker's task.
    Answer<bool> apply(Step step, std::optional<std::int64_t> newest_lease = {});

    // New ends of the leases of tasks that still have one.
    Answer<void> extend(std::string queue, std::vector<std::string> ids, std::int64_t lease_end);
    Answer<std::vector<Found>> list_expired(std::string queue, std::int64_t cutoff);
    // `suspects`: what the last call returned. The ids that have no lease and must be given to the next call.
    Answer<std::vector<std::string>> adopt(std::string queue, std::vector<std::string> suspects);
    Answer<Forwarded> forward(std::string queue, std::string source);
    Answer<std::int64_t> drop_completed(std::string queue);

    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] const Settings& settings() const { return settings_; }
    [[nodiscard]] redis::Redis& redis() const { return redis_; }

  private:
    [[nodiscard]] Step leaving(const redis::Script& script, const std::string& queue,
                               const std::string& id) const;
    [[nodiscard]] std::string day_expiry() const;

    redis::Redis& redis_;
    const Clock& clock_;
    const Settings& settings_;
};

// For callers of Redis itself.
[[nodiscard]] Error to_error(const redis::CallError& error);
// Nanoseconds since 1970, as pending_since holds them.
[[nodiscard]] std::string nanoseconds_text(Timestamp time);

} // namespace panel::queue::asynq
