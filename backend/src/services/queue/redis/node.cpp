#include "services/queue/redis/node.hpp"

#include "base/deadline.hpp"
#include "services/queue/redis/session.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>
#include <utility>

namespace panel::queue::redis {

namespace {

// Between half and the whole: servers that lost the same Redis do not come back in the same moment.
std::chrono::milliseconds jittered(std::chrono::milliseconds pause) {
    static std::minstd_rand generator{std::random_device{}()};
    return std::chrono::milliseconds{
        std::uniform_int_distribution<std::int64_t>(pause.count() / 2, pause.count())(generator)};
}

} // namespace

Node::Node(asio::any_io_executor executor, const Target& target, net::StreamTarget address, Timing timing)
    : executor_(executor),
      target_(target),
      address_(std::move(address)),
      timing_(timing),
      attempt_ended_(executor, asio::steady_timer::time_point::max()),
      tasks_(executor) {}

asio::awaitable<CallResult> Node::call(std::vector<std::string> words, bool asking) {
    if (!started_) {
        started_ = true;
        tasks_.spawn("redis connection", stay_connected());
    }
    if (!connection_ && last_failure_.empty() && !stopping_)
        co_await attempt_ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto connection = connection_;
    if (!connection) co_return std::unexpected(CallError{CallError::Kind::not_sent, last_failure_});
    auto calling = connection->call_after(asking ? "ASKING" : "", std::move(words));
    co_return co_await std::move(calling);
}

asio::awaitable<void> Node::stay_connected() {
    auto pause = timing_.first_pause;
    for (;;) {
        if (co_await connect_once()) pause = timing_.first_pause;
        co_await sleep_for(jittered(pause));
        pause = std::min(pause * 2, timing_.longest_pause);
    }
}

// True when there was a connection, which has ended.
asio::awaitable<bool> Node::connect_once() {
    auto opening = open_session(target_, address_, timing_.connect);
    auto stream = co_await std::move(opening);
    if (!stream) {
        if (last_failure_ != stream.error().message)
            spdlog::warn("no connection to redis at {}: {}", name_of(address_), stream.error().message);
        last_failure_ = stream.error().message;
        attempt_ended_.cancel();
        co_return false;
    }
    if (!last_failure_.empty()) spdlog::info("redis at {} answers again", name_of(address_));
    last_failure_.clear();
    connection_ = std::make_shared<Connection>(executor_, std::move(*stream), timing_.answer);
    attempt_ended_.cancel();
    const auto connection = connection_;
    // Calls that wait hold the connection: they must be told, also when the node stops.
    const std::unique_ptr<Node, void (*)(Node*)> told(this, [](Node* node) {
        std::exchange(node->connection_, {})->close();
        node->last_failure_ = "The connection to Redis broke.";
    });
    auto running = connection->run();
    co_await std::move(running);
    co_return true;
}

asio::awaitable<void> Node::stop() {
    stopping_ = true;
    if (last_failure_.empty()) last_failure_ = "The queue stops.";
    co_await tasks_.stop(timing_.connect);
    connection_.reset();
    attempt_ended_.cancel();
}

} // namespace panel::queue::redis
