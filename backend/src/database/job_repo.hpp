#pragma once
// Rows of `jobs` and `job_queues`: the embedded queue. A job that is taken is held under a lease with a fence
// that grows with each taking; a holder whose fence is old can change nothing. Jobs of one group go in the
// order of their pushing, one at a time; among groups the turn goes round, so that one with a thousand jobs
// does not hold up one with a single job. States: ready, blocked (behind another of its group), active,
// scheduled, retry, archived, completed. Functions block; call them inside Database::write, the const ones
// (`has_due_work`, `cancelled_jobs`, `job_stats`) inside ::read.

#include "base/clock.hpp"

#include <soci/soci.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace panel::database {

struct JobRow {
    std::int64_t id = 0;
    std::int64_t fence = 0;
    std::string task_id;
    std::string queue;
    std::string type;
    std::string payload; // text: SQL knows no bytes that both databases take
    std::string headers;
    std::string group;
    std::int64_t turn = 0;
    int retried = 0;
    int max_retry = 0;
    std::int64_t timeout_ms = 0;
    std::int64_t retention_ms = 0;
    std::optional<Timestamp> run_at; // only read by insert_job: later than now means scheduled
    std::optional<Timestamp> deadline;
    std::optional<std::string> unique_key;
    std::optional<Timestamp> unique_until;
    std::string last_error;
};

enum class Inserted { kept, id_taken, unique_taken };
Inserted insert_job(soci::session& session, const JobRow& job, Timestamp now);

// Of an unpaused queue, at most `limit`, the next in turn first.
[[nodiscard]] std::vector<JobRow> take_jobs(soci::session& session, const std::string& queue,
                                            const std::string& owner, std::chrono::milliseconds lease,
                                            int limit, Timestamp now);
// These return false when the job is no longer this holder's.
bool extend_job(soci::session& session, const JobRow& job, std::chrono::milliseconds lease, Timestamp now);
bool complete_job(soci::session& session, const JobRow& job,
                  Timestamp now); // deletes it, or keeps it for its retention
bool retry_job(soci::session& session, const JobRow& job, const std::string& error, Timestamp run_at,
               Timestamp now);
bool archive_job(soci::session& session, const JobRow& job, const std::string& error, Timestamp now);
bool hand_back_job(soci::session& session, const JobRow& job); // to the head; not a failure

// What a process of this name held when it was killed is ready again at once; the try counts.
void free_jobs(soci::session& session, const std::string& owner, Timestamp now);
// Active jobs whose lease has run out: for the caller to retry or archive.
[[nodiscard]] std::vector<JobRow> lapsed_jobs(soci::session& session, Timestamp now, int limit);
// Scheduled and failed jobs whose time has come take their place; how many.
int promote_jobs(soci::session& session, Timestamp now, int limit);
// Completed jobs beyond their retention, archived ones older than `archived_before`.
void drop_ended_jobs(soci::session& session, Timestamp now, Timestamp archived_before);

// Whether take_jobs, lapsed_jobs or promote_jobs would find anything.
[[nodiscard]] bool has_due_work(soci::session& session, const std::string& queue, Timestamp now);
bool request_job_cancel(soci::session& session, const std::string& task_id);
[[nodiscard]] std::vector<std::int64_t> cancelled_jobs(soci::session& session, const std::string& owner);
void set_queue_paused(soci::session& session, const std::string& queue, bool paused);

struct JobStats {
    std::map<std::string, std::int64_t> by_state;
    std::int64_t processed = 0;
    std::int64_t failed = 0;
    bool paused = false;
    std::optional<Timestamp> oldest_ready;
};
[[nodiscard]] JobStats job_stats(soci::session& session, const std::string& queue);

} // namespace panel::database
