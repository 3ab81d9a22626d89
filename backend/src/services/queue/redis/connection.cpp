#include "services/queue/redis/connection.hpp"

#include "base/deadline.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

namespace panel::queue::redis {

namespace {

constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::chrono::milliseconds idle_look{1'000};
constexpr std::chrono::milliseconds least_look{20};

} // namespace

Connection::Connection(asio::any_io_executor executor, std::unique_ptr<net::Stream> stream,
                       std::chrono::milliseconds answer_limit)
    : executor_(std::move(executor)),
      stream_(std::move(stream)),
      answer_limit_(answer_limit),
      something_to_write_(executor_, asio::steady_timer::time_point::max()) {}

void Connection::close() {
    stream_->close();
    while (!waiting_.empty())
        answer(std::unexpected(CallError{CallError::Kind::unknown, "The connection to Redis broke."}));
}

asio::awaitable<void> Connection::run() {
    using namespace asio::experimental::awaitable_operators;
    auto all = read_all() || write_all() || watch_answers();
    co_await std::move(all);
}

asio::awaitable<CallResult> Connection::call(std::vector<std::string> words) {
    return call_after({}, std::move(words));
}

template <class Handler> struct Connection::CallOf final : Call {
    explicit CallOf(Handler h) : handler(std::move(h)) {}

    void complete(const asio::any_io_executor& executor, CallResult result) override {
        if (!handler) return;
        asio::post(executor, [waiter = std::move(*handler), answer = std::move(result)]() mutable {
            std::move(waiter)(std::move(answer));
        });
        handler.reset();
    }

    std::optional<Handler> handler;
};

// Written and queued in one step, so that answers and callers stay in the same order. A cancelled caller goes
// at once; its place stays, or the answers behind it would go to the wrong callers.
asio::awaitable<CallResult> Connection::call_after(std::string first, std::vector<std::string> words) {
    auto initiate = [this, first = std::move(first), words = std::move(words)](auto handler) {
        if (!first.empty()) {
            append_command(outgoing_, {first});
            waiting_.push_back(std::make_shared<Call>());
        }
        append_command(outgoing_, words);
        something_to_write_.cancel();
        const auto slot = asio::get_associated_cancellation_slot(handler);
        const auto call = std::make_shared<CallOf<decltype(handler)>>(std::move(handler));
        waiting_.push_back(call);
        if (!slot.is_connected()) return;
        call->slot = slot;
        call->slot.assign([weak = std::weak_ptr<Call>(call), executor = executor_](asio::cancellation_type) {
            const auto waiting = weak.lock();
            if (!waiting) return;
            waiting->slot = {}; // the caller's next await may use it: it is no longer this call's to clear
            waiting->complete(executor,
                              std::unexpected(CallError{CallError::Kind::cancelled, "It was cancelled."}));
        });
    };
    return asio::async_initiate<decltype(asio::use_awaitable), void(CallResult)>(std::move(initiate),
                                                                                 asio::use_awaitable);
}

void Connection::answer(CallResult result) {
    const auto call = std::move(waiting_.front());
    waiting_.pop_front();
    if (call->slot.is_connected()) call->slot.clear();
    call->complete(executor_, std::move(result));
}

asio::awaitable<void> Connection::read_all() {
    std::vector<char> buffer(read_bytes);
    for (;;) {
        const auto count = co_await stream_->read_some(std::span(buffer));
        if (!count) co_return;
        reader_.feed({buffer.data(), *count});
        for (;;) {
            auto reply = reader_.next();
            if (!reply) co_return;
            if (!*reply) break;
            if (waiting_.empty()) co_return; // it answers what nobody asked
            answer(std::move(**reply));
        }
    }
}

asio::awaitable<void> Connection::write_all() {
    std::string writing;
    for (;;) {
        if (outgoing_.empty()) co_await something_to_write_.async_wait(asio::as_tuple(asio::use_awaitable));
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return;
        writing.clear();
        std::swap(writing, outgoing_);
        if (writing.empty()) continue;
        const auto written = co_await stream_->write(writing);
        if (!written) co_return;
    }
}

asio::awaitable<void> Connection::watch_answers() {
    for (;;) {
        auto look_again_in = idle_look;
        if (!waiting_.empty()) {
            const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(
                std::chrono::steady_clock::now() - waiting_.front()->sent_at);
            if (waited >= answer_limit_) co_return;
            look_again_in = std::clamp(answer_limit_ - waited, least_look, idle_look);
        }
        co_await sleep_for(look_again_in);
    }
}

} // namespace panel::queue::redis
