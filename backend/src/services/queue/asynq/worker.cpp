#include "services/queue/asynq/worker.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "services/queue/asynq/message.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace panel::queue::asynq {

namespace {

constexpr std::size_t most_takes = 8;      // under way at once
constexpr std::size_t most_at_once = 32;   // tasks of one take
constexpr std::size_t most_of_several = 8; // the same with several queues, or their shares would be coarse
constexpr std::size_t ends_per_slot = 4;   // tries that are over, but not yet written down
constexpr std::chrono::milliseconds limits_look{100};
constexpr std::chrono::milliseconds first_error_pause{50};
constexpr std::chrono::milliseconds longest_error_pause{2'000};
constexpr std::chrono::seconds warnings_apart{10};
constexpr std::string_view timed_out_text = "context deadline exceeded"; // Asynq's words
constexpr std::string_view cancelled_text = "context canceled";
constexpr std::string_view lease_text = "asynq: task lease expired";

} // namespace

Worker::Worker(asio::any_io_executor executor, TaskStore& store, Handler handler)
    : executor_(executor),
      store_(store),
      settings_(store.settings()),
      handler_(std::move(handler)),
      order_(settings_.queues, settings_.strict),
      pause_(settings_.shortest_poll),
      longest_pause_(settings_.longest_poll),
      changed_(executor, Steady::time_point::max()),
      idle_(executor, Steady::time_point::max()),
      tasks_(executor) {}

void Worker::start() {
    if (order_.size() == 0) return;
    tasks_.spawn("queue worker", take_tasks());
    tasks_.spawn("queue limits", watch_limits());
}

void Worker::signal() { changed_.cancel(); }

void Worker::wake() {
    if (error_pause_.count() > 0)
        return; // Redis is in trouble: its pause is not to be cut short by others' luck
    pause_ = settings_.shortest_poll;
    next_look_ = Steady::now();
    signal();
}

void Worker::cancel(const std::string& id) {
    for (const auto& task : running_)
        if (task->message.id() == id) interrupt(*task, Interruption::cancelled);
}

std::size_t Worker::room() const {
    const auto taken = in_handlers_ + reserved_;
    if (taken >= settings_.concurrency) return 0;
    if (running_.size() >= settings_.concurrency * ends_per_slot + most_at_once) return 0;
    const auto most = order_.size() > 1 ? most_of_several : most_at_once;
    return std::min(settings_.concurrency - taken, most);
}

asio::awaitable<void> Worker::take_tasks() {
    while (!stopping_) {
        const auto count = room();
        const auto now = Steady::now();
        const bool may_look = count > 0 && takes_ < (flowing_ ? most_takes : 1);
        if (may_look && next_look_ <= now) {
            ++takes_;
            reserved_ += count;
            tasks_.spawn("queue take", take(count));
            continue;
        }
        changed_.expires_at(may_look ? next_look_ : Steady::time_point::max());
        co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

// Asks the queues in turn until one has work. A queue that cannot be asked (its node is away, a key of it is
// broken) does not count as long as another can.
asio::awaitable<void> Worker::take(std::size_t count) {
    std::optional<std::size_t> found;
    for (auto& queue : order_.next()) {
        if (stopping_) break;
        auto taking = take_from(queue, count);
        const auto taken = co_await std::move(taking);
        if (!taken) {
            warn(queue, taken.error());
            continue;
        }
        found = *taken;
        if (*taken > 0) break;
    }
    --takes_;
    reserved_ -= count;
    note_look(found);
}

// Looks are many: one warning in ten seconds says enough.
void Worker::warn(const std::string& queue, const Error& error) {
    const auto now = Steady::now();
    if (error.code == Code::cancelled || now < next_warning_) return;
    next_warning_ = now + warnings_apart;
    spdlog::warn("no work can be taken from queue {}: {}", queue, error.message);
}

void Worker::note_look(const std::optional<std::size_t>& found) {
    const auto now = Steady::now();
    flowing_ = found && *found > 0;
    if (!found) {
        error_pause_ = std::clamp(error_pause_ * 2, first_error_pause, longest_error_pause);
        next_look_ = now + error_pause_;
    } else {
        error_pause_ = {};
        if (flowing_) pause_ = settings_.shortest_poll;
        next_look_ = now;
        if (!flowing_) {
            // Between half and one and a half of the pause: workers spread out.
            const auto half = pause_.count() / 2;
            next_look_ += std::chrono::milliseconds{
                half + std::uniform_int_distribution<std::int64_t>(0, pause_.count())(generator_)};
            pause_ = std::min(pause_ * 2, longest_pause_);
        }
    }
    idle_.cancel();
    signal();
}

asio::awaitable<Result<std::size_t>> Worker::take_from(std::string queue, std::size_t count) {
    const auto asked_at = Steady::now();
    const auto lease_score = unix_seconds_rounded_up(store_.clock().now() + settings_.lease);
    auto dequeuing = store_.dequeue(queue, count, lease_score);
    auto found = co_await std::move(dequeuing);
    if (!found) co_return std::unexpected(found.error());
    const auto size = found->size();
    if (size > 0) CRASH_POINT("queue.jobs.taken");
    if (stopping_) {
        auto giving = give_back(std::move(queue), std::move(*found));
        co_await std::move(giving);
        co_return size;
    }
    for (auto& task : *found) {
        if (!task.message) {
            spdlog::warn("queue {} held the id {} without a task behind it: dropped", queue,
                         error_text(task.id));
            continue;
        }
        auto message = decode(*task.message);
        if (message && message->id() == task.id && message->queue() == queue) {
            begin(std::move(*message), lease_score, asked_at);
            continue;
        }
        tasks_.spawn("queue poison", set_aside(queue, std::move(task.id), std::move(*task.message)));
    }
    co_return size;
}

asio::awaitable<void> Worker::give_back(std::string queue, std::vector<Found> tasks) {
    for (auto task = tasks.rbegin(); task != tasks.rend(); ++task) { // the first becomes the head again
        if (!task->message) continue;
        auto giving = store_.apply(store_.requeue(queue, std::move(task->id)));
        co_await std::move(giving); // a failure is recovery's
    }
}

// What cannot be read is nobody's work: it goes to the archive as it is, where a person can look at it.
asio::awaitable<void> Worker::set_aside(std::string queue, std::string id, std::string raw) {
    spdlog::error("task {} of queue {} cannot be read: archived", error_text(id), queue);
    auto archiving = store_.apply(store_.archive_raw(std::move(queue), std::move(id), std::move(raw)));
    co_await std::move(archiving);
}

void Worker::begin(TaskMessage message, std::int64_t lease_score, Steady::time_point asked_at) {
    auto task = std::make_shared<RunningTask>();
    task->started = store_.clock().now();
    task->ends = end_of_try(message, task->started);
    task->message = std::move(message);
    task->lease_ends = asked_at + settings_.lease;
    task->lease_score = lease_score;
    task->place = running_.insert(running_.end(), task);
    ++in_handlers_;
    task->coroutine = tasks_.spawn("queue task", perform(task));
}

asio::awaitable<void> Worker::perform(std::shared_ptr<RunningTask> task) {
    auto calling = call_handler(task);
    auto outcome = co_await std::move(calling);
    // From here on a cancellation of the try is late: how it ended is written down.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    task->in_handler = false;
    --in_handlers_;
    signal();
    if (!task->given_back) {
        auto ending = end_try(task, std::move(outcome));
        co_await std::move(ending);
    }
    running_.erase(task->place);
    idle_.cancel();
    signal();
}

asio::awaitable<Result<void>> Worker::call_handler(std::shared_ptr<RunningTask> task) {
    if (task->ends <= task->started) {
        task->interruption = Interruption::timed_out;
        co_return fail(Code::cancelled, std::string(timed_out_text));
    }
    try {
        auto handling = handler_(delivery_of(task->message));
        co_return co_await std::move(handling);
    } catch (const std::exception& error) {
        co_return fail(Code::internal, error.what());
    } catch (...) {
        co_return fail(Code::internal, "The handler failed.");
    }
}

void Worker::interrupt(RunningTask& task, Interruption why) {
    if (!task.in_handler || task.interruption != Interruption::none) return;
    task.interruption = why;
    tasks_.cancel(task.coroutine);
}

// Success counts even where the try was interrupted meanwhile: the work is done.
Step Worker::step_after(RunningTask& task, const Result<void>& outcome) const {
    auto& message = task.message;
    const auto now = store_.clock().now();
    if (outcome && message.retention() > 0) {
        message.set_completed_at(unix_seconds(now));
        return store_.complete(message);
    }
    if (outcome) return store_.done(message);
    if (task.interruption == Interruption::stopping) return store_.requeue(message.queue(), message.id());
    std::string_view text = outcome.error().message;
    if (task.interruption == Interruption::cancelled) text = cancelled_text;
    if (task.interruption == Interruption::timed_out) text = timed_out_text;
    const bool is_failure = task.interruption != Interruption::none || settings_.is_failure(outcome.error());
    const bool is_final = outcome.error().code == Code::invalid && task.interruption == Interruption::none;
    message.set_error_msg(error_text(text));
    message.set_last_failed_at(unix_seconds(now));
    if (is_final || message.retried() >= message.retry()) return store_.archive(message);
    const auto delay = settings_.retry_delay(message.retried());
    if (is_failure) message.set_retried(message.retried() + 1);
    return store_.retry(message, now + delay, is_failure);
}

asio::awaitable<void> Worker::end_try(std::shared_ptr<RunningTask> task, Result<void> outcome) {
    if (!task->holds_lease()) {
        spdlog::warn("task {}: {}; whoever holds it now decides", task->message.id(), lease_text);
        co_return;
    }
    auto settling = settle(task, step_after(*task, outcome));
    co_await std::move(settling);
}

// Again and again until Redis has it or the lease has run out: what is done must not be done twice because of
// a short trouble. From the second time on a later lease than ours is respected, since the first may have
// worked.
asio::awaitable<void> Worker::settle(std::shared_ptr<RunningTask> task, Step step) {
    const auto give_up_at = Steady::now() + settings_.lease;
    auto pause = first_error_pause;
    bool compare = settings_.fenced;
    for (;;) {
        auto applying =
            store_.apply(step, compare ? std::optional(task->lease_score) : std::optional<std::int64_t>{});
        const auto applied = co_await std::move(applying);
        if (applied) {
            CRASH_POINT("queue.job.ended");
            if (!*applied && !compare) spdlog::warn("task {} was ended by somebody else", task->message.id());
            co_return;
        }
        compare = true;
        co_await sleep_for(pause);
        pause = std::min(pause * 2, longest_error_pause);
        if (abandoned_ || !task->holds_lease() || Steady::now() > give_up_at) {
            spdlog::error("the end of task {} could not be written: {}", task->message.id(),
                          applied.error().message);
            co_return;
        }
    }
}

asio::awaitable<void> Worker::watch_limits() {
    for (;;) {
        co_await sleep_for(limits_look);
        const auto now = store_.clock().now();
        const auto tasks = running_; // interrupting may end one at once
        for (const auto& task : tasks) {
            if (task->ends <= now)
                interrupt(*task, Interruption::timed_out);
            else if (!task->holds_lease())
                interrupt(*task, Interruption::lease_lost);
        }
    }
}

asio::awaitable<void> Worker::wait_for_handlers(std::chrono::milliseconds patience) {
    const auto end = Steady::now() + patience;
    while ((!running_.empty() || takes_ > 0) && Steady::now() < end) {
        idle_.expires_at(end);
        co_await idle_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<void> Worker::stop(std::chrono::milliseconds patience) {
    stopping_ = true;
    signal();
    co_await wait_for_handlers(patience);
    const auto tasks = running_;
    for (const auto& task : tasks) interrupt(*task, Interruption::stopping);
    co_await wait_for_handlers(settings_.stop_limit);
    // Handlers that do not end keep their memory, not their task.
    const auto stubborn = running_;
    for (const auto& task : stubborn) {
        if (!task->in_handler || !task->holds_lease()) continue;
        spdlog::error("the handler of task {} does not end; the task is given back", task->message.id());
        task->given_back = true;
        auto giving = store_.apply(store_.requeue(task->message.queue(), task->message.id()));
        co_await std::move(giving);
    }
    abandoned_ = true;
    co_await tasks_.stop(settings_.answer_limit + longest_error_pause * 2);
}

} // namespace panel::queue::asynq
