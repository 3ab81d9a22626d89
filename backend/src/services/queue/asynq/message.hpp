#pragma once
// Jobs as Asynq's TaskMessage and back. Fields that we do not know are kept when a message is changed and
// written again. Pure; any thread.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "services/queue/asynq/messages.pb.h"
#include "services/queue/job_queue.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace panel::queue::asynq {

// Whole seconds, upwards: half a second of timeout or retention must not become "none".
[[nodiscard]] std::int64_t seconds_of(std::chrono::milliseconds duration);
[[nodiscard]] std::int64_t unix_seconds(Timestamp time); // the second that `time` is in
[[nodiscard]] std::int64_t unix_seconds_rounded_up(Timestamp time);

// RFC 9562, version 4, as text.
[[nodiscard]] std::string random_uuid();

// Gives a job an id, checks it: type, id and queue not blank, valid UTF-8, no braces in the queue's name;
// headers valid UTF-8; max_retry not below 0. Errors: invalid, with the field.
[[nodiscard]] Result<void> prepare(Job& job);

// Of a prepared job. With neither timeout nor deadline the timeout is Asynq's 30 minutes.
[[nodiscard]] TaskMessage message_of(const Job& job);
[[nodiscard]] Delivery delivery_of(const TaskMessage& message);

// The bytes, headers in the order in which they are; the same message gives the same bytes.
[[nodiscard]] std::string encode(const TaskMessage& message);
// None: these bytes are no TaskMessage with an id.
[[nodiscard]] std::optional<TaskMessage> decode(const std::string& bytes);

// What an error may be kept as: Asynq written in Go can read no other than valid UTF-8, and a single message
// that is not stops its recovery of everything else. At most 8 KiB.
[[nodiscard]] std::string error_text(std::string_view text);

// When a try that begins now must have ended (Asynq: the earlier of timeout and deadline; neither: 30
// minutes).
[[nodiscard]] Timestamp end_of_try(const TaskMessage& message, Timestamp now);

} // namespace panel::queue::asynq
