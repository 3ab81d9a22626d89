#include "api/api.hpp"

#include "api/middleware/access.hpp"
#include "api/middleware/browser.hpp"
#include "api/middleware/client.hpp"
#include "api/middleware/error_to_response.hpp"
#include "api/middleware/security_headers.hpp"
#include "api/query.hpp"
#include "api/routes.hpp"
#include "services/server/outage.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace panel::api {

namespace asio = boost::asio;

namespace {

bool is_cancellation(const std::exception& failure) {
    const auto* error = dynamic_cast<const boost::system::system_error*>(&failure);
    return error && error->code() == asio::error::operation_aborted;
}

bool changes_state(const net::Request& request) {
    return request.method != "GET" && request.method != "HEAD";
}

// What the table says about the request beyond who may call.
Result<void> check_request(const Context& context) {
    const auto access = context.route->access;
    if (access == Access::webhook) return {}; // git servers add what they like, and every id answers alike
    if (!context.path.ids_are_well_formed()) return fail(Code::not_found, "");
    if (access == Access::user || access == Access::admin)
        return check_query(context.request.query, context.route->query_names());
    return {};
}

} // namespace

Api::Api(Services& services, ApiSettings settings)
    : settings_(std::move(settings)),
      router_(routes()),
      cache_(settings_.cache_bytes),
      metrics_(settings_.version),
      state_{services, settings_, cache_, sockets_, metrics_} {}

net::HttpServer::Handler Api::handler() {
    return [this](net::Request request) { return handle(std::move(request)); };
}

asio::awaitable<net::Response> Api::handle(net::Request request) {
    const auto start = std::chrono::steady_clock::now();
    Context context{.state = state_, .request = request};
    context.request_id = request_id(settings_, request);
    context.client_address = client_address(settings_, request);
    auto response = co_await answer_caught(context);
    add_security_headers(response, context.request_id);
    const auto duration = std::chrono::steady_clock::now() - start;
    metrics_.count_request(context.route, response.status, duration);
    // The path, never the query or a header: no token can stand in a path.
    spdlog::debug("{} {} {} {} {} us, request {}", context.client_address, request.method, request.path,
                  response.status, std::chrono::duration_cast<std::chrono::microseconds>(duration).count(),
                  context.request_id);
    co_return response;
}

asio::awaitable<net::Response> Api::answer_caught(Context& context) {
    try {
        co_return co_await answer(context);
    } catch (const std::exception& failure) {
        co_return answer_exception(context, failure);
    }
}

asio::awaitable<net::Response> Api::answer(Context& context) {
    auto match = router_.match(context.request.method, context.request.path);
    if (!match.allow.empty()) co_return method_not_allowed(context, std::move(match.allow));
    if (!match.route) {
        const Error nothing{Code::not_found, "", {}};
        co_return error_to_response(context, nothing);
    }
    context.route = match.route;
    context.path = match.path;
    if (changes_state(context.request) && context.route->access != Access::webhook) {
        const auto same_site = check_same_site(settings_, context.request);
        if (!same_site) co_return error_to_response(context, same_site.error());
    }
    const auto admitted = co_await admit(context);
    if (!admitted) co_return error_to_response(context, admitted.error());
    const auto checked = check_request(context);
    if (!checked) co_return error_to_response(context, checked.error());
    co_return co_await context.route->endpoint.run(context, context.route->success);
}

net::Response Api::answer_exception(const Context& context, const std::exception& failure) const {
    if (is_cancellation(failure)) {
        const Error stopping{Code::cancelled, "The server is stopping.", {}};
        return error_to_response(context, stopping);
    }
    spdlog::error("request {} {} {}: {}", context.request_id, context.request.method, context.request.path,
                  failure.what());
    if (const auto outage = server::database_outage(failure)) return error_to_response(context, *outage);
    const Error broken{Code::internal,
                       "Something went wrong on the server. Its log has the details under this request id.",
                       {}};
    return error_to_response(context, broken);
}

} // namespace panel::api
