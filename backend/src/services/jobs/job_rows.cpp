#include "services/jobs/job_rows.hpp"

#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "services/jobs/stored_text.hpp"

#include <fmt/format.h>

namespace panel::jobs {

std::string random_job_id() {
    auto hex = crypto::random_hex(16);
    hex[12] = '4';
    hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) % 4];
    return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                       hex.substr(16, 4), hex.substr(20));
}

database::JobRow to_row(const queue::Job& job, Timestamp now) {
    database::JobRow row;
    row.task_id = job.id;
    row.queue = job.queue;
    row.type = job.type;
    row.payload = text_of(job.payload);
    row.headers = text_of(job.headers);
    row.group = job.group;
    row.max_retry = job.max_retry;
    row.timeout_ms = job.timeout.count();
    row.retention_ms = job.retention.count();
    row.run_at = job.run_at;
    row.deadline = job.deadline;
    if (job.unique_for.count() > 0) {
        row.unique_key = crypto::sha256_hex(fmt::format("{}\n{}\n{}", job.queue, job.type, job.payload));
        row.unique_until = now + job.unique_for;
    }
    return row;
}

queue::Delivery to_delivery(const database::JobRow& row) {
    queue::Delivery delivery;
    delivery.job.type = row.type;
    delivery.job.id = row.task_id;
    delivery.job.payload = bytes_of(row.payload);
    delivery.job.queue = row.queue;
    delivery.job.group = row.group;
    delivery.job.max_retry = row.max_retry;
    delivery.job.timeout = std::chrono::milliseconds{row.timeout_ms};
    delivery.job.retention = std::chrono::milliseconds{row.retention_ms};
    delivery.job.deadline = row.deadline;
    delivery.job.headers = headers_of(row.headers);
    delivery.retried = row.retried;
    delivery.last_error = row.last_error;
    return delivery;
}

} // namespace panel::jobs
