#include "services/queue/asynq/task_store.hpp"

#include "services/queue/asynq/keys.hpp"
#include "services/queue/asynq/message.hpp"
#include "services/queue/asynq/scripts.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace panel::queue::asynq {

namespace asio = boost::asio;

namespace {

constexpr std::string_view batch = "100";
constexpr std::chrono::days counters_live{90};

std::vector<Found> found_in(redis::Reply& reply) {
    std::vector<Found> found;
    for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
        auto& message = reply.items[i + 1];
        auto& entry = found.emplace_back(Found{std::move(reply.items[i].text), {}});
        if (!message.is_nil()) entry.message = std::move(message.text);
    }
    return found;
}

std::optional<std::int64_t> due_in(const redis::Reply& reply) {
    double score = 0; // "1750000000", or with a fraction that another program wrote
    const auto& text = reply.text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), score);
    if (reply.is_nil() || error != std::errc{}) return {};
    return static_cast<std::int64_t>(score);
}

} // namespace

Error to_error(const redis::CallError& error) {
    if (error.kind == redis::CallError::Kind::cancelled) return {Code::cancelled, "It was cancelled.", {}};
    return {Code::unavailable, fmt::format("Redis: {}", error.message), {}};
}

std::string nanoseconds_text(Timestamp time) {
    return std::to_string(std::chrono::nanoseconds(time.time_since_epoch()).count());
}

std::string TaskStore::day_expiry() const {
    return std::to_string(unix_seconds(clock_.now() + counters_live));
}

Answer<std::vector<Found>> TaskStore::dequeue(std::string queue, std::size_t count, std::int64_t lease_end) {
    std::vector<std::string> keys{keys::pending(queue), keys::paused(queue), keys::active(queue),
                                  keys::lease(queue)};
    std::vector<std::string> arguments{std::to_string(lease_end), keys::task_prefix(queue),
                                       std::to_string(count)};
    auto running = redis_.run(scripts::dequeue(), std::move(keys), std::move(arguments));
    auto reply = co_await std::move(running);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    co_return found_in(*reply);
}

Step TaskStore::leaving(const redis::Script& script, const std::string& queue, const std::string& id) const {
    return {&script, {keys::active(queue), keys::lease(queue), keys::task(queue, id)}, {id, ""}};
}

Step TaskStore::done(const TaskMessage& message) const {
    const auto& queue = message.queue();
    auto step = leaving(scripts::done(), queue, message.id());
    const auto total = keys::processed(queue);
    step.keys.insert(step.keys.end(), {keys::on_day(total, clock_.now()), total});
    if (!message.unique_key().empty()) step.keys.push_back(message.unique_key());
    step.arguments.push_back(day_expiry());
    return step;
}

Step TaskStore::complete(const TaskMessage& message) const {
    const auto& queue = message.queue();
    auto step = leaving(scripts::complete(), queue, message.id());
    const auto total = keys::processed(queue);
    step.keys.insert(step.keys.end(), {keys::on_day(total, clock_.now()), total, keys::completed(queue)});
    if (!message.unique_key().empty()) step.keys.push_back(message.unique_key());
    step.arguments.insert(
        step.arguments.end(),
        {day_expiry(), encode(message), std::to_string(unix_seconds(clock_.now()) + message.retention())});
    return step;
}

namespace {

void add_counters(std::vector<std::string>& to, const std::string& queue, Timestamp now) {
    const auto processed = keys::processed(queue);
    const auto failed = keys::failed(queue);
    to.insert(to.end(), {keys::on_day(processed, now), keys::on_day(failed, now), processed, failed});
}

} // namespace

Step TaskStore::retry(const TaskMessage& message, Timestamp at, bool is_failure) const {
    auto step = leaving(scripts::retry(), message.queue(), message.id());
    step.keys.push_back(keys::retry(message.queue()));
    add_counters(step.keys, message.queue(), clock_.now());
    step.arguments.insert(step.arguments.end(), {encode(message), std::to_string(unix_seconds_rounded_up(at)),
                                                 is_failure ? "1" : "0", day_expiry()});
    return step;
}

Step TaskStore::archive(const TaskMessage& message) const {
    return archive_raw(message.queue(), message.id(), encode(message));
}

Step TaskStore::archive_raw(std::string queue, std::string id, std::string raw) const {
    const auto now = clock_.now();
    auto step = leaving(scripts::archive(), queue, id);
    step.keys.push_back(keys::archived(queue));
    add_counters(step.keys, queue, now);
    step.arguments.insert(step.arguments.end(),
                          {std::move(raw), std::to_string(unix_seconds(now)),
                           std::to_string(unix_seconds(now - settings_.archive_age)),
                           std::to_string(settings_.archive_size), day_expiry(), keys::task_prefix(queue)});
    return step;
}

Step TaskStore::requeue(std::string queue, std::string id) const {
    auto step = leaving(scripts::requeue(), queue, id);
    step.keys.push_back(keys::pending(queue));
    step.arguments.insert(step.arguments.end(), {nanoseconds_text(clock_.now()),
                                                 std::string(keys::wake_channel), std::move(queue)});
    return step;
}

Step TaskStore::as_recovery(Step step, std::int64_t cutoff, std::string judged) {
    step.script =
        step.script == &scripts::retry() ? &scripts::recover_to_retry() : &scripts::recover_to_archive();
    step.arguments[1] = std::to_string(cutoff);
    step.arguments.push_back(std::move(judged));
    return step;
}

Answer<bool> TaskStore::apply(Step step, std::optional<std::int64_t> newest_lease) {
    if (newest_lease) step.arguments[1] = std::to_string(*newest_lease);
    auto running = redis_.run(*step.script, std::move(step.keys), std::move(step.arguments));
    auto reply = co_await std::move(running);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    co_return reply->integer == 1;
}

Answer<void> TaskStore::extend(std::string queue, std::vector<std::string> ids, std::int64_t lease_end) {
    const auto key = keys::lease(queue);
    std::vector<std::string> words{"ZADD", key, "XX"};
    for (auto& id : ids) {
        words.push_back(std::to_string(lease_end));
        words.push_back(std::move(id));
    }
    auto calling = redis_.call(key, std::move(words));
    const auto reply = co_await std::move(calling);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    co_return Result<void>{};
}

Answer<std::vector<Found>> TaskStore::list_expired(std::string queue, std::int64_t cutoff) {
    std::vector<std::string> keys{keys::active(queue), keys::lease(queue)};
    std::vector<std::string> arguments{std::to_string(cutoff), keys::task_prefix(queue), std::string(batch)};
    auto running = redis_.run(scripts::list_expired(), std::move(keys), std::move(arguments));
    auto reply = co_await std::move(running);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    co_return found_in(*reply);
}

Answer<std::vector<std::string>> TaskStore::adopt(std::string queue, std::vector<std::string> suspects) {
    std::vector<std::string> keys{keys::active(queue), keys::lease(queue)};
    std::vector<std::string> arguments{std::to_string(unix_seconds(clock_.now())), keys::task_prefix(queue)};
    arguments.insert(arguments.end(), suspects.begin(), suspects.end());
    auto running = redis_.run(scripts::adopt(), std::move(keys), std::move(arguments));
    auto reply = co_await std::move(running);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    std::vector<std::string> ids;
    for (auto& item : reply->items) ids.push_back(std::move(item.text));
    co_return ids;
}

Answer<Forwarded> TaskStore::forward(std::string queue, std::string source) {
    const auto now = clock_.now();
    std::vector<std::string> keys{std::move(source), keys::pending(queue), keys::groups(queue)};
    std::vector<std::string> arguments{std::to_string(unix_seconds(now)),
                                       keys::task_prefix(queue),
                                       nanoseconds_text(now),
                                       keys::group_prefix(queue),
                                       std::string(batch),
                                       std::string(keys::wake_channel),
                                       std::move(queue)};
    auto running = redis_.run(scripts::forward(), std::move(keys), std::move(arguments));
    const auto reply = co_await std::move(running);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    Forwarded forwarded;
    if (!reply->items.empty()) forwarded.count = reply->items[0].integer;
    if (reply->items.size() > 1) forwarded.next_due = due_in(reply->items[1]);
    co_return forwarded;
}

Answer<std::int64_t> TaskStore::drop_completed(std::string queue) {
    std::vector<std::string> keys{keys::completed(queue)};
    std::vector<std::string> arguments{std::to_string(unix_seconds(clock_.now())), keys::task_prefix(queue),
                                       std::string(batch)};
    auto running = redis_.run(scripts::expire(), std::move(keys), std::move(arguments));
    const auto reply = co_await std::move(running);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    co_return reply->integer;
}

} // namespace panel::queue::asynq
