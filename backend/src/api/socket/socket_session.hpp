#pragma once
// One WebSocket and the topics that it follows. Each topic is served by a task of its own, which reads
// through the services with the caller's own rights at every step: what the user may no longer see stops
// coming. The session itself is checked again every few seconds. Lives in the upgrade handler's frame; run()
// returns only after all its tasks have ended. Loop thread only.
//
// Closes with 4401 when the session has ended, 1013 when the reader falls too far behind, 1011 when a task
// broke, 1008 for what is no message.

#include "api/context.hpp"
#include "api/socket/message.hpp"
#include "api/socket/subscription.hpp"
#include "base/task_group.hpp"
#include "models/user.hpp"
#include "net/websocket.hpp"
#include "services/deployment/deployment_events.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace panel::api {

// Whom the socket speaks for.
struct SocketCaller {
    Principal principal;
    std::string access_token;
    std::string request_id;
};

class SocketSession {
  public:
    static constexpr std::size_t most_topics = 50;

    SocketSession(boost::asio::any_io_executor executor, net::WebSocket& socket, ApiState& state,
                  SocketCaller caller);
    SocketSession(const SocketSession&) = delete;
    SocketSession& operator=(const SocketSession&) = delete;

    boost::asio::awaitable<void> run();

  private:
    using Event = deployment::DeploymentEvents::Event;
    using Shared = std::shared_ptr<Subscription>;

    boost::asio::awaitable<void> receive_all();
    void handle(const std::string& text);
    void subscribe(const ClientMessage& message);
    void unsubscribe(const std::string& name);
    void notice(const Event& event);

    boost::asio::awaitable<void> serve(Shared subscription, std::int64_t offset);
    boost::asio::awaitable<void> serve_deployment(Shared subscription);
    boost::asio::awaitable<void> serve_deployments(Shared subscription);
    boost::asio::awaitable<void> serve_build_log(Shared subscription, std::int64_t offset);
    boost::asio::awaitable<void> serve_output(Shared subscription);
    boost::asio::awaitable<void> send_output(Shared subscription, std::string text);
    boost::asio::awaitable<bool> send_newest(Shared subscription);
    boost::asio::awaitable<void> send_changed(Shared subscription, std::int64_t deployment_id);
    [[nodiscard]] static bool is_news(Subscription& subscription, const wire::Deployment& deployment);
    boost::asio::awaitable<void> check_session();

    // False when nothing more may be sent for it.
    bool send(const Subscription& subscription, std::string message);
    boost::asio::awaitable<bool> wait_for_room();
    void end(const Shared& subscription);
    void refuse(const Shared& subscription, const Error& error);

    boost::asio::any_io_executor executor_;
    net::WebSocket& socket_;
    ApiState& state_;
    SocketCaller caller_;
    std::map<std::string, Shared> subscriptions_; // by topic name
    TaskGroup tasks_;
};

} // namespace panel::api
