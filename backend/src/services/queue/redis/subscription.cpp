#include "services/queue/redis/subscription.hpp"

#include "base/deadline.hpp"
#include "services/queue/redis/session.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace panel::queue::redis {

Subscription::Subscription(const Target& target, std::vector<std::string> channels, Listener listener,
                           Timing timing, std::chrono::milliseconds alive)
    : target_(target),
      channels_(std::move(channels)),
      listener_(std::move(listener)),
      timing_(timing),
      alive_(alive) {}

asio::awaitable<void> Subscription::run() {
    auto pause = timing_.first_pause;
    for (std::size_t turn = 0;; ++turn) {
        co_await listen(target_.addresses[turn % target_.addresses.size()]);
        pause = std::exchange(is_listening_, false) ? timing_.first_pause
                                                    : std::min(pause * 2, timing_.longest_pause);
        co_await sleep_for(pause);
    }
}

asio::awaitable<void> Subscription::listen(const net::StreamTarget& address) {
    using namespace asio::experimental::awaitable_operators;
    auto opening = open_session(target_, address, timing_.connect);
    auto stream = co_await std::move(opening);
    if (!stream) co_return;
    std::vector<std::string> words{"SUBSCRIBE"};
    words.insert(words.end(), channels_.begin(), channels_.end());
    std::string command;
    append_command(command, words);
    const auto written = co_await (*stream)->write(command);
    if (!written) co_return;
    auto both = read_all(**stream) || ask_alive(**stream);
    co_await std::move(both);
}

asio::awaitable<void> Subscription::read_all(net::Stream& stream) {
    ReplyReader reader;
    std::array<char, 4096> buffer{};
    for (;;) {
        const auto count = co_await stream.read_some(buffer);
        if (!count) co_return;
        heard_ = true;
        reader.feed({buffer.data(), *count});
        for (;;) {
            const auto reply = reader.next();
            if (!reply) co_return;
            if (!*reply) break;
            take(**reply);
        }
    }
}

// ["message", channel, payload]; ["subscribe", channel, count]; ["pong", ""]
void Subscription::take(const Reply& reply) {
    if (reply.items.size() < 3) return;
    if (reply.items[0].text == "subscribe") is_listening_ = true;
    if (reply.items[0].text == "message") listener_(reply.items[1].text, reply.items[2].text);
}

asio::awaitable<void> Subscription::ask_alive(net::Stream& stream) {
    std::string command;
    append_command(command, {"PING"});
    for (;;) {
        heard_ = false;
        const auto written = co_await stream.write(command);
        if (!written) co_return;
        co_await sleep_for(alive_);
        if (!heard_) co_return;
    }
}

} // namespace panel::queue::redis
