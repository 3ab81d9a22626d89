#pragma once
// A job of the port as a row of the table, and a row as what a handler gets. Pure but for random_job_id; any
// thread.

#include "base/clock.hpp"
#include "database/job_repo.hpp"
#include "services/queue/job_queue.hpp"

#include <string>

namespace panel::jobs {

[[nodiscard]] std::string random_job_id(); // a UUID of version 4
// With the lock of its unique time from `now` on.
[[nodiscard]] database::JobRow to_row(const queue::Job& job, Timestamp now);
[[nodiscard]] queue::Delivery to_delivery(const database::JobRow& row);

} // namespace panel::jobs
