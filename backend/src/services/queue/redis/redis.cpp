#include "services/queue/redis/redis.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace panel::queue::redis {

namespace asio = boost::asio;

namespace {

constexpr int most_redirections = 5;

CallResult as_outcome(CallResult result) {
    if (result && result->kind == Reply::Kind::error)
        return std::unexpected(CallError{CallError::Kind::refused, std::move(result->text)});
    return result;
}

std::vector<std::string> words_of(std::string command, const std::string& script,
                                  const std::vector<std::string>& keys,
                                  const std::vector<std::string>& arguments) {
    std::vector<std::string> words{std::move(command), script, std::to_string(keys.size())};
    words.reserve(words.size() + keys.size() + arguments.size());
    words.insert(words.end(), keys.begin(), keys.end());
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
}

} // namespace

Redis::Redis(asio::any_io_executor executor, Target target, Timing timing)
    : executor_(std::move(executor)), target_(std::move(target)), timing_(timing) {}

asio::awaitable<CallResult> Redis::call(std::string key, std::vector<std::string> words) {
    if (stopped_) co_return std::unexpected(CallError{CallError::Kind::not_sent, "The queue has stopped."});
    if (target_.is_cluster) {
        auto calling = call_in_cluster(slot_of(key), std::move(words));
        co_return as_outcome(co_await std::move(calling));
    }
    auto calling = node_at(target_.addresses.front()).call(std::move(words));
    co_return as_outcome(co_await std::move(calling));
}

// A script that the server does not know has not run: its text may follow.
asio::awaitable<CallResult> Redis::run(const Script& script, std::vector<std::string> keys,
                                       std::vector<std::string> arguments) {
    auto calling = call(keys.front(), words_of("EVALSHA", script.sha, keys, arguments));
    auto result = co_await std::move(calling);
    if (result || result.error().kind != CallError::Kind::refused ||
        !result.error().message.starts_with("NOSCRIPT"))
        co_return result;
    auto again = call(keys.front(), words_of("EVAL", script.text, keys, arguments));
    co_return co_await std::move(again);
}

asio::awaitable<CallResult> Redis::call_in_cluster(std::uint16_t slot, std::vector<std::string> words) {
    if (!slots_known_) {
        auto learned = co_await learn_slots();
        if (!learned) co_return learned;
    }
    const auto* owner = slots_.find(slot);
    auto* node = &node_at(target_.addresses.front());
    if (owner != nullptr) node = &node_at(address_of(*owner, *node));
    bool asking = false;
    for (int i = 0; i < most_redirections; ++i) {
        auto calling = node->call(words, asking);
        auto result = co_await std::move(calling);
        if (!result) slots_known_ = false; // it may have gone for good: ask where its slots are now
        if (!result || result->kind != Reply::Kind::error) co_return result;
        const auto to = redirection_in(result->text);
        if (!to) co_return result;
        node = &node_at(address_of(to->node, *node));
        asking = to->is_ask;
        if (!asking) {
            slots_.set(to->slot, {node->address().host, node->address().port});
            slots_known_ = false;
        }
    }
    co_return std::unexpected(CallError{CallError::Kind::not_sent, "The cluster sends us in a circle."});
}

// Whichever seed answers first; the last failure when none does.
asio::awaitable<CallResult> Redis::learn_slots() {
    CallResult last = std::unexpected(CallError{});
    for (const auto& seed : target_.addresses) {
        auto& node = node_at(seed);
        auto calling = node.call({"CLUSTER", "SLOTS"});
        last = as_outcome(co_await std::move(calling));
        if (!last || last->kind != Reply::Kind::list) continue;
        for (auto& range : last->items)
            if (range.items.size() > 2 && !range.items[2].items.empty() &&
                range.items[2].items[0].text.empty())
                range.items[2].items[0].text = seed.host; // a node that does not know its own address
        if (slots_.take(*last)) {
            slots_known_ = true;
            co_return last;
        }
        last = std::unexpected(CallError{CallError::Kind::not_sent, "The Redis cluster has no slots yet."});
    }
    if (!last && last.error().kind == CallError::Kind::unknown) last.error().kind = CallError::Kind::not_sent;
    co_return last;
}

net::StreamTarget Redis::address_of(const NodeName& name, const Node& asked) const {
    net::StreamTarget address = asked.address();
    if (!name.host.empty()) address.host = name.host;
    address.port = name.port;
    return address;
}

Node& Redis::node_at(const net::StreamTarget& address) {
    auto& node = nodes_[name_of(address)];
    if (!node) node = std::make_unique<Node>(executor_, target_, address, timing_);
    return *node;
}

asio::awaitable<void> Redis::stop() {
    stopped_ = true;
    for (auto& [name, node] : nodes_) co_await node->stop();
}

} // namespace panel::queue::redis
