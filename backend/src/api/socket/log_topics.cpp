// The topics that carry text: build logs, which resume at any byte, and what a live release prints.

#include "api/socket/socket_session.hpp"
#include "base/deadline.hpp"
#include "base/utf8.hpp"
#include "services/deployment/deployment_service.hpp"
#include "services/deployment/live_release.hpp"

#include <utility>

namespace panel::api {

namespace {

constexpr std::int64_t chunk_bytes = 64 * 1024;
constexpr std::size_t room_bytes = 256 * 1024; // queued at most before a log waits for the reader
constexpr std::chrono::milliseconds reader_patience{30'000}; // for a reader that takes nothing
constexpr std::chrono::milliseconds gathering_time{25};      // lines of a busy build travel together
constexpr std::chrono::milliseconds output_retry{3'000};     // when Docker does not answer

} // namespace

asio::awaitable<bool> SocketSession::wait_for_room() {
    const auto has_room = co_await with_deadline(socket_.wait_below(room_bytes), reader_patience);
    if (has_room && *has_room) co_return true;
    socket_.close(1013, "Too slow; go on from the last offset.");
    co_return false;
}

// Reads the record, then waits for the bell, then reads again: the bell is silenced before the read, so no
// growth is missed.
asio::awaitable<void> SocketSession::serve_build_log(Shared subscription, std::int64_t offset) {
    while (!subscription->ended) {
        const auto page = co_await state_.services.deployment.read_log(
            caller_.principal, subscription->topic.id, offset, chunk_bytes);
        if (!page) co_return refuse(subscription, page.error());
        const auto& slice = page->slice;
        if (offset > slice.total) {
            const Error error{Code::invalid, "offset: the log has no such place.", {}};
            co_return refuse(subscription, error);
        }
        if (!slice.bytes.empty() || page->end) {
            if (!co_await wait_for_room()) co_return;
            // The slice begins at the next character when the offset was inside one.
            auto message =
                log_message(subscription->name, slice.offset, slice.next_offset, slice.bytes, page->end);
            if (!send(*subscription, std::move(message))) co_return;
            offset = slice.next_offset;
        }
        if (page->end) co_return end(subscription);
        if (offset < slice.total) continue;
        co_await subscription->wait();
        co_await sleep_for(gathering_time);
    }
}

asio::awaitable<void> SocketSession::send_output(Shared subscription, std::string text) {
    if (!co_await wait_for_room()) co_return;
    send(*subscription, output_message(subscription->name, to_valid_utf8(text)));
}

// Follows one live container after the other: when one ends, the next change of the project's deployments may
// bring another.
asio::awaitable<void> SocketSession::serve_output(Shared subscription) {
    while (!subscription->ended) {
        auto sink = [this, subscription](std::string text) {
            return send_output(subscription, std::move(text));
        };
        docker::LogSink sink_function = std::move(sink);
        const auto ended = co_await state_.services.live.follow_log(caller_.principal, subscription->topic.id,
                                                                    std::move(sink_function));
        if (!ended && ended.error().code == Code::not_found) co_return refuse(subscription, ended.error());
        if (!ended && ended.error().code == Code::unavailable)
            co_await sleep_for(output_retry);
        else
            co_await subscription->wait();
    }
}

} // namespace panel::api
