#include "services/queue/asynq/message.hpp"

#include "base/utf8.hpp"
#include "crypto/encoding.hpp"
#include "crypto/random.hpp"
#include "services/queue/asynq/keys.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace panel::queue::asynq {

namespace {

constexpr std::chrono::seconds default_timeout{30 * 60};
constexpr std::size_t longest_error = 8 * 1024;
constexpr std::size_t longest_name = 512; // of type, id and queue: they are parts of keys

bool is_valid(std::string_view text) {
    // NUL is valid UTF-8, but no name needs one; to_valid_utf8 replaces it.
    return to_valid_utf8(text) == text;
}

bool is_blank(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
}

Result<void> check_name(const std::string& field, std::string_view text) {
    if (is_blank(text)) return fail_field(field, "must not be blank");
    if (text.size() > longest_name) return fail_field(field, fmt::format("at most {} bytes", longest_name));
    if (!is_valid(text)) return fail_field(field, "must be UTF-8 text");
    return {};
}

} // namespace

std::int64_t seconds_of(std::chrono::milliseconds duration) {
    return std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::seconds>(duration).count());
}

std::int64_t unix_seconds(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::int64_t unix_seconds_rounded_up(Timestamp time) {
    return std::chrono::ceil<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string random_uuid() {
    auto bytes = crypto::random_bytes(16);
    bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
    bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
    auto text = crypto::hex_encode(bytes);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
    return text;
}

Result<void> prepare(Job& job) {
    if (job.id.empty()) job.id = random_uuid();
    for (const auto& [field, text] :
         {std::pair{"type", std::string_view(job.type)}, {"id", job.id}, {"queue", job.queue}})
        if (auto checked = check_name(field, text); !checked) return checked;
    if (job.queue.find_first_of("{}") != job.queue.npos)
        return fail_field("queue", "must not hold '{' or '}'");
    for (const auto& [key, value] : job.headers)
        if (!is_valid(key) || !is_valid(value)) return fail_field("headers", "must be UTF-8 text");
    if (job.max_retry < 0) return fail_field("max_retry", "must not be negative");
    return {};
}

TaskMessage message_of(const Job& job) {
    TaskMessage message;
    message.set_type(job.type);
    message.set_payload(job.payload);
    message.set_id(job.id);
    message.set_queue(job.queue);
    message.set_retry(job.max_retry);
    message.set_timeout(seconds_of(job.timeout));
    if (job.deadline) message.set_deadline(std::max<std::int64_t>(1, unix_seconds(*job.deadline)));
    if (message.timeout() == 0 && !job.deadline) message.set_timeout(default_timeout.count());
    if (job.unique_for.count() > 0) message.set_unique_key(keys::unique(job.queue, job.type, job.payload));
    message.set_retention(seconds_of(job.retention));
    for (const auto& [key, value] : job.headers) {
        auto& header = *message.add_headers();
        header.set_key(key);
        header.set_value(value);
    }
    return message;
}

Delivery delivery_of(const TaskMessage& message) {
    Delivery delivery;
    auto& job = delivery.job;
    job.type = message.type();
    job.id = message.id();
    job.payload = message.payload();
    job.queue = message.queue();
    job.group = message.group_key();
    job.max_retry = message.retry();
    job.timeout = std::chrono::seconds{message.timeout()};
    job.retention = std::chrono::seconds{message.retention()};
    if (message.deadline() > 0) job.deadline = Timestamp{std::chrono::seconds{message.deadline()}};
    for (const auto& header : message.headers()) job.headers[header.key()] = header.value();
    delivery.retried = message.retried();
    delivery.last_error = message.error_msg();
    return delivery;
}

std::string encode(const TaskMessage& message) { return message.SerializeAsString(); }

std::optional<TaskMessage> decode(const std::string& bytes) {
    TaskMessage message;
    if (!message.ParseFromString(bytes) || message.id().empty()) return {};
    return message;
}

std::string error_text(std::string_view text) {
    const auto valid = to_valid_utf8(text.substr(0, longest_error));
    return std::string(utf8_prefix(valid, longest_error));
}

Timestamp end_of_try(const TaskMessage& message, Timestamp now) {
    const Timestamp deadline{std::chrono::seconds{message.deadline()}};
    if (message.deadline() <= 0 && message.timeout() <= 0) return now + default_timeout;
    if (message.timeout() <= 0) return deadline;
    const auto end = now + std::chrono::seconds{std::min<std::int64_t>(message.timeout(), 100'000'000)};
    return message.deadline() > 0 ? std::min(end, deadline) : end;
}

} // namespace panel::queue::asynq
