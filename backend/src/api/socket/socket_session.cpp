#include "api/socket/socket_session.hpp"

#include "api/json/field_reader.hpp"
#include "api/middleware/access.hpp"
#include "api/socket/socket_registry.hpp"
#include "base/deadline.hpp"

#include <boost/asio/this_coro.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace panel::api {

namespace {

constexpr std::chrono::milliseconds session_check_interval{4'000};
constexpr std::chrono::milliseconds task_patience{10'000};

constexpr std::uint16_t close_policy = 1008;
constexpr std::uint16_t close_broken = 1011;
constexpr std::uint16_t close_too_slow = 1013;
constexpr std::uint16_t close_signed_out = 4401;

// A task that ends by an exception leaves the reader waiting for nothing: the socket closes, and the reader
// comes back for the rest.
class CloseUnlessDone {
  public:
    CloseUnlessDone(net::WebSocket& socket, const Subscription& subscription)
        : socket_(socket), subscription_(subscription) {}
    ~CloseUnlessDone() {
        if (!done_ && !subscription_.ended) socket_.close(close_broken, "Something broke; connect again.");
    }
    CloseUnlessDone(const CloseUnlessDone&) = delete;
    CloseUnlessDone& operator=(const CloseUnlessDone&) = delete;
    void done() { done_ = true; }

  private:
    net::WebSocket& socket_;
    const Subscription& subscription_;
    bool done_ = false;
};

} // namespace

SocketSession::SocketSession(asio::any_io_executor executor, net::WebSocket& socket, ApiState& state,
                             SocketCaller caller)
    : executor_(executor),
      socket_(socket),
      state_(state),
      caller_(std::move(caller)),
      tasks_(std::move(executor)) {}

asio::awaitable<void> SocketSession::run() {
    auto close = [this] { socket_.close(close_signed_out, "Signed out."); };
    const SocketRegistry::Entry registered(state_.sockets, caller_.principal.user_id,
                                           caller_.principal.session_id, close);
    const auto listener = state_.services.events.subscribe([this](const Event& event) { notice(event); });
    tasks_.spawn("socket session check", check_session());
    std::exception_ptr failure; // kept until the tasks have ended: they use this object
    try {
        co_await receive_all();
    } catch (...) {
        failure = std::current_exception();
    }
    state_.services.events.unsubscribe(listener);
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    for (const auto& [name, subscription] : subscriptions_) subscription->ended = true;
    while (!co_await tasks_.stop(task_patience))
        spdlog::warn("a socket waits for its tasks, request {}", caller_.request_id);
    if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> SocketSession::receive_all() {
    while (auto text = co_await socket_.receive()) handle(*text);
}

// Never suspends: pings and closing are handled only while receive() waits.
void SocketSession::handle(const std::string& text) {
    const auto message = json::read_body<ClientMessage>(text);
    if (!message) return socket_.close(close_policy, "This is no message.");
    if (message->op == "ping") {
        if (!socket_.send(pong_message())) socket_.close(close_too_slow, "Too slow.");
    } else if (message->op == "subscribe" && message->topic) {
        subscribe(*message);
    } else if (message->op == "unsubscribe" && message->topic) {
        unsubscribe(*message->topic);
    } else {
        socket_.close(close_policy, "This is no message.");
    }
}

void SocketSession::subscribe(const ClientMessage& message) {
    const std::string& name = *message.topic;
    unsubscribe(name); // subscribing again resumes elsewhere
    const auto topic = parse_topic(name);
    const auto offset = message.offset.value_or(0);
    // An unknown topic reads like a foreign one.
    Error refusal{Code::not_found, "There is nothing here.", {}};
    if (topic && subscriptions_.size() >= most_topics)
        refusal = {Code::too_many_requests, "One socket carries at most 50 topics.", {}};
    else if (topic && offset < 0)
        refusal = {Code::invalid, "offset: must not be negative.", {}};
    else if (topic) {
        auto subscription = std::make_shared<Subscription>(executor_, name, *topic);
        subscriptions_[name] = subscription;
        subscription->task_id = tasks_.spawn("socket topic " + name, serve(subscription, offset));
        return;
    }
    if (!socket_.send(error_message(name, refusal))) socket_.close(close_too_slow, "Too slow.");
}

void SocketSession::unsubscribe(const std::string& name) {
    const auto found = subscriptions_.find(name);
    if (found == subscriptions_.end()) return;
    const auto subscription = found->second;
    subscriptions_.erase(found);
    subscription->ended = true;
    subscription->ring();
    tasks_.cancel(subscription->task_id);
}

void SocketSession::notice(const Event& event) {
    const bool resync = event.kind == Event::Kind::resync;
    const bool state_changed = event.kind == Event::Kind::state_changed;
    for (const auto& [name, subscription] : subscriptions_) {
        const auto& topic = subscription->topic;
        bool concerned = resync;
        switch (topic.kind) {
        case Topic::Kind::deployment:
            concerned = concerned || (state_changed && topic.id == event.deployment_id);
            break;
        case Topic::Kind::deployment_log: // its end is a change of state
            concerned = concerned || topic.id == event.deployment_id;
            break;
        case Topic::Kind::project_deployments:
        case Topic::Kind::projects:
            if (resync) subscription->resync = true;
            if (!state_changed ||
                (topic.kind == Topic::Kind::project_deployments && topic.id != event.project_id))
                break;
            subscription->changed.insert(event.deployment_id);
            concerned = true;
            break;
        case Topic::Kind::project_logs: // perhaps another release is live now
            concerned = concerned || (state_changed && topic.id == event.project_id);
            break;
        }
        if (concerned) subscription->ring();
    }
}

asio::awaitable<void> SocketSession::serve(Shared subscription, std::int64_t offset) {
    CloseUnlessDone guard(socket_, *subscription);
    switch (subscription->topic.kind) {
    case Topic::Kind::deployment: co_await serve_deployment(subscription); break;
    case Topic::Kind::deployment_log: co_await serve_build_log(subscription, offset); break;
    case Topic::Kind::project_deployments:
    case Topic::Kind::projects: co_await serve_deployments(subscription); break;
    case Topic::Kind::project_logs: co_await serve_output(subscription); break;
    }
    guard.done();
}

asio::awaitable<void> SocketSession::check_session() {
    while (socket_.is_open()) {
        co_await sleep_for(session_check_interval);
        const auto principal = co_await authenticate_token(state_, caller_.access_token);
        if (!principal) {
            socket_.close(close_signed_out, "Signed out.");
            co_return;
        }
        caller_.principal = *principal; // a changed role acts at once
    }
}

bool SocketSession::send(const Subscription& subscription, std::string message) {
    if (subscription.ended) return false;
    if (socket_.send(std::move(message))) return true;
    socket_.close(close_too_slow, "Too slow; go on from the last offset.");
    return false;
}

void SocketSession::end(const Shared& subscription) {
    if (subscription->ended) return;
    subscription->ended = true;
    subscriptions_.erase(subscription->name);
}

void SocketSession::refuse(const Shared& subscription, const Error& error) {
    Error shown = error;
    if (error.code == Code::not_found)
        shown.message = "There is nothing here."; // foreign and unknown read the same
    send(*subscription, error_message(subscription->name, shown));
    end(subscription);
}

} // namespace panel::api
