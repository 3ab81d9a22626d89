#include "services/queue/asynq/task_client.hpp"

#include "services/queue/asynq/keys.hpp"
#include "services/queue/asynq/message.hpp"
#include "services/queue/asynq/scripts.hpp"

#include <algorithm>
#include <charconv>

namespace panel::queue::asynq {

namespace asio = boost::asio;

namespace {

// Another program may delete a queue; it is announced again after this time, or nobody would see it.
constexpr std::chrono::seconds announcement_lasts{10};
constexpr std::size_t most_in_doubt = 1'000;

std::chrono::milliseconds since_nanoseconds(const std::string& text, Timestamp now) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    const auto waited = now - Timestamp{std::chrono::milliseconds{value / 1'000'000}};
    return std::max(waited, std::chrono::milliseconds{0});
}

} // namespace

Answer<void> TaskClient::announce(std::string queue) {
    const auto now = std::chrono::steady_clock::now();
    const auto known = announced_.find(queue);
    if (known != announced_.end() && now - known->second < announcement_lasts) co_return Result<void>{};
    auto calling = redis_.call(std::string(keys::queues), {"SADD", std::string(keys::queues), queue});
    const auto reply = co_await std::move(calling);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    announced_[std::move(queue)] = now;
    co_return Result<void>{};
}

Answer<std::string> TaskClient::push(Job job) {
    if (auto prepared = prepare(job); !prepared) co_return std::unexpected(prepared.error());
    auto announcing = announce(job.queue);
    const auto announced = co_await std::move(announcing);
    if (!announced) co_return std::unexpected(announced.error());
    auto message = encode(message_of(job));
    auto sending = send(job, message);
    const auto reply = co_await std::move(sending);
    if (!reply) {
        using Kind = redis::CallError::Kind;
        if (reply.error().kind == Kind::unknown || reply.error().kind == Kind::cancelled)
            remember_doubt(keys::task(job.queue, job.id));
        co_return std::unexpected(to_error(reply.error()));
    }
    if (reply->integer == 1) co_return std::move(job.id);
    if (reply->integer == -1) co_return fail(Code::conflict, "An equal job is already waiting.");
    auto asking = is_left_by_us(job, message);
    if (co_await std::move(asking)) co_return std::move(job.id);
    co_return fail(Code::conflict, "A job with this id is already in the queue.");
}

asio::awaitable<redis::CallResult> TaskClient::send(const Job& job, std::string message) {
    const auto now = clock_.now();
    const bool later = job.run_at && *job.run_at > now;
    std::vector<std::string> keys{keys::task(job.queue, job.id),
                                  later ? keys::scheduled(job.queue) : keys::pending(job.queue)};
    std::vector<std::string> arguments{
        std::move(message), job.id,
        later ? std::to_string(unix_seconds_rounded_up(*job.run_at)) : nanoseconds_text(now),
        std::string(later ? keys::due_channel : keys::wake_channel), job.queue};
    if (job.unique_for.count() > 0) {
        keys.push_back(keys::unique(job.queue, job.type, job.payload));
        // The lock outlives the wait for the time at which the task may run.
        const auto until_run = later ? *job.run_at - now : std::chrono::milliseconds{0};
        arguments.push_back(std::to_string(seconds_of(until_run + job.unique_for)));
    }
    return redis_.run(later ? scripts::schedule() : scripts::enqueue(), std::move(keys),
                      std::move(arguments));
}

// Whether the task that has this id is the one that an unanswered push left.
asio::awaitable<bool> TaskClient::is_left_by_us(const Job& job, const std::string& message) {
    const auto key = keys::task(job.queue, job.id);
    if (std::ranges::find(in_doubt_, key) == in_doubt_.end()) co_return false;
    auto calling = redis_.call(key, {"HGET", key, "msg"});
    const auto reply = co_await std::move(calling);
    co_return reply && reply->text == message;
}

void TaskClient::remember_doubt(const std::string& task) {
    in_doubt_.push_back(task);
    if (in_doubt_.size() > most_in_doubt) in_doubt_.pop_front();
}

Answer<void> TaskClient::cancel(std::string id) {
    auto calling = redis_.call(id, {"PUBLISH", std::string(keys::cancel_channel), id});
    const auto reply = co_await std::move(calling);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    co_return Result<void>{};
}

Answer<void> TaskClient::pause(std::string queue) {
    auto announcing = announce(queue);
    const auto announced = co_await std::move(announcing);
    if (!announced) co_return announced;
    const auto key = keys::paused(queue);
    auto calling = redis_.call(key, {"SET", key, std::to_string(unix_seconds(clock_.now())), "NX"});
    const auto reply = co_await std::move(calling);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    co_return Result<void>{};
}

Answer<void> TaskClient::resume(std::string queue) {
    const auto key = keys::paused(queue);
    auto calling = redis_.call(key, {"DEL", key});
    const auto reply = co_await std::move(calling);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    auto waking = redis_.call(key, {"PUBLISH", std::string(keys::wake_channel), std::move(queue)});
    co_await std::move(waking); // a worker that does not hear it looks by itself
    co_return Result<void>{};
}

Answer<QueueStats> TaskClient::stats(std::string queue) {
    std::vector<std::string> keys{keys::pending(queue),   keys::active(queue),   keys::scheduled(queue),
                                  keys::retry(queue),     keys::archived(queue), keys::completed(queue),
                                  keys::processed(queue), keys::failed(queue),   keys::paused(queue)};
    std::vector<std::string> arguments{keys::task_prefix(queue)};
    auto running = redis_.run(scripts::stats(), std::move(keys), std::move(arguments));
    const auto reply = co_await std::move(running);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    if (reply->items.size() < 10) co_return fail(Code::unavailable, "Redis: the answer is too short.");
    const auto number = [&](std::size_t i) { return reply->items[i].integer; };
    QueueStats stats{number(0), number(1), number(2), number(3),      number(4),
                     number(5), number(6), number(7), number(8) == 1, std::chrono::milliseconds{0}};
    if (!reply->items[9].is_nil()) stats.latency = since_nanoseconds(reply->items[9].text, clock_.now());
    co_return stats;
}

Answer<void> TaskClient::write_result(std::string queue, std::string id, std::string result) {
    std::vector<std::string> keys{keys::task(queue, id)};
    std::vector<std::string> arguments{std::move(result)};
    auto running = redis_.run(scripts::write_result(), std::move(keys), std::move(arguments));
    const auto reply = co_await std::move(running);
    if (!reply) co_return std::unexpected(to_error(reply.error()));
    if (reply->integer == 0) co_return fail(Code::not_found, "This job is not in the queue any more.");
    co_return Result<void>{};
}

} // namespace panel::queue::asynq
