#pragma once
// The HTTP API as one handler for net::HttpServer. Construct it after the services and before the server,
// destroy it after the server has stopped: its requests and sockets use it. Owned by App. Loop thread only.
//
//     api::Api api(services, settings);
//     net::HttpServer server(executor, {}, api.handler());
//
// Each request passes: request id and client address, route, same-site check, access, path and query check,
// handler. Errors and exceptions become problem documents here and nowhere else: a broken database 503,
// anything else 500 with the request id that is in the log.

#include "api/context.hpp"
#include "api/metrics.hpp"
#include "api/response_cache.hpp"
#include "api/router.hpp"
#include "api/services.hpp"
#include "api/settings.hpp"
#include "api/socket/socket_registry.hpp"
#include "net/http_message.hpp"
#include "net/http_server.hpp"

#include <boost/asio/awaitable.hpp>

#include <exception>

namespace panel::api {

class Api {
  public:
    // `services` and what it refers to must outlive the Api.
    Api(Services& services, ApiSettings settings);
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    [[nodiscard]] net::HttpServer::Handler handler();
    boost::asio::awaitable<net::Response> handle(net::Request request);
    [[nodiscard]] std::size_t open_sockets() const { return sockets_.size(); }

  private:
    boost::asio::awaitable<net::Response> answer_caught(Context& context);
    boost::asio::awaitable<net::Response> answer(Context& context);
    net::Response answer_exception(const Context& context, const std::exception& failure) const;

    ApiSettings settings_;
    Router router_;
    ResponseCache cache_;
    SocketRegistry sockets_;
    Metrics metrics_;
    ApiState state_;
};

} // namespace panel::api
