#pragma once
// The port to a job queue: the bell that wakes workers, never the record of what is to be done (that is the
// database's). Two implementations: RedisQueue (Redis, in Asynq's format, shared by many processes) and
// EmbeddedQueue (a table of the own database). Owned by App, used by the use cases. Loop thread only; nothing
// blocks, every call has a deadline.
//
// Delivery is at least once: a job whose worker dies is handed out again when its lease has run out, so a
// handler must bear being called twice. A job lives in exactly one state of its queue: pending, active,
// scheduled (not before a time), retry (failed, waits for its next try), archived (failed for good, kept to
// be looked at) or completed (kept for its retention).

#include "base/clock.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace panel::queue {

struct Job {
    std::string type;              // what is to be done: "deploy"; not blank
    std::string id;                // unique within its queue; empty: a random UUID
    std::string payload;           // any bytes, JSON by convention
    std::string queue = "default"; // not blank, without '{' and '}'
    // Jobs of one group run in the order of push, one at a time, in the embedded queue. Redis does not order
    // (Asynq's own groups are batches, a different thing): a handler there takes what the record says is
    // next.
    std::string group;
    int max_retry = 25; // tries after the first one; 0: a failure is final
    // Counts from the start of each try; 0 with a deadline: only the deadline. Durations below a second count
    // as one second on Redis, whose format knows whole seconds.
    std::chrono::milliseconds timeout{std::chrono::minutes{30}};
    std::chrono::milliseconds retention{0}; // how long a completed job is kept; 0: it goes at once
    // While set, a second push of the same type, payload and queue is a conflict, until the job has completed
    // or this time has passed since the push.
    std::chrono::milliseconds unique_for{0};
    std::optional<Timestamp> run_at;   // not before; none or past: at once
    std::optional<Timestamp> deadline; // not after: a try that begins or still runs then has failed
    std::map<std::string, std::string> headers;
};

// One try of a job. `job.id` and `job.queue` are those that it has in the queue.
struct Delivery {
    Job job;
    int retried = 0;        // failures before this try
    std::string last_error; // of the failure before, "" at the first try
};

// Performs one try. Success ends the job. An error is a failed try: the job is retried after a growing delay
// until max_retry, then archived; Code::invalid means that trying again cannot help, and archives at once.
// The error's message is kept with the job. An exception that leaves the handler counts as an error. The
// handler is cancelled (terminal) through its cancellation slot by cancel(), its timeout or deadline, a lost
// lease or stop(); it must end soon then, and what it returns after that counts only as an end of the try.
using Handler = std::function<boost::asio::awaitable<Result<void>>(Delivery)>;

struct QueueStats {
    std::int64_t pending = 0;
    std::int64_t active = 0;
    std::int64_t scheduled = 0;
    std::int64_t retry = 0;
    std::int64_t archived = 0;
    std::int64_t completed = 0;
    std::int64_t processed = 0; // tries that ended since the queue exists, failed ones too
    std::int64_t failed = 0;
    bool paused = false;
    std::chrono::milliseconds latency{0}; // how long the next pending job has been waiting; 0 when none is
};

class JobQueue {
  public:
    virtual ~JobQueue() = default;

    // Hands the job over; the id once the queue keeps it. Errors: conflict (the id is taken, or an equal job
    // holds the unique lock), invalid (a field), unavailable (not known to be kept: pushing again with the
    // same id is safe), cancelled.
    virtual boost::asio::awaitable<Result<std::string>> push(Job job) = 0;

    // Begins to take jobs and to call the handler, as many at once as the implementation was told. Call it at
    // most once, on the loop thread. The handler must live until stop() has returned.
    virtual void serve(Handler handler) = 0;

    // Takes no more jobs, lets running ones end for `patience`, then cancels them and hands them back as
    // pending, at the head and without counting a failure. After it nothing of the queue runs. Once; push()
    // is refused (unavailable) from then on. Call it also on a queue that never served.
    virtual boost::asio::awaitable<void> stop(std::chrono::milliseconds patience) = 0;

    // Asks whoever runs the job to stop it: best effort, and success says only that the wish was sent. A
    // cancelled try is a failed one.
    virtual boost::asio::awaitable<Result<void>> cancel(std::string id) = 0;

    // A paused queue keeps taking pushes and hands out nothing; what runs goes on. Repeating is no error.
    virtual boost::asio::awaitable<Result<void>> pause(std::string queue) = 0;
    virtual boost::asio::awaitable<Result<void>> resume(std::string queue) = 0;

    // Errors: unavailable. A queue that nobody has used yet is empty.
    virtual boost::asio::awaitable<Result<QueueStats>> stats(std::string queue) = 0;
};

} // namespace panel::queue
