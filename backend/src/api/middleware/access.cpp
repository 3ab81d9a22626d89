#include "api/middleware/access.hpp"

#include "api/middleware/browser.hpp"
#include "api/middleware/client.hpp"
#include "api/route.hpp"
#include "services/auth/auth_service.hpp"

namespace panel::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t max_token_bytes = 4096; // ours are a tenth of it: longer ones are not worth a look

// RFC 6750 section 2.1; the scheme's name compares without case (RFC 9110 section 11.1).
std::string_view bearer_token(const net::Request& request) {
    constexpr std::string_view scheme = "Bearer ";
    const auto value = request.headers.get("Authorization");
    if (value.size() < scheme.size() || !net::same_name(value.substr(0, scheme.size()), scheme)) return {};
    return value.substr(scheme.size());
}

bool is_read(const net::Request& request) { return request.method == "GET" || request.method == "HEAD"; }

Result<std::string> find_token(Context& context) {
    const auto& request = context.request;
    auto token = bearer_token(request);
    if (token.empty()) {
        token = access_cookie(context.state.settings, request);
        if (!token.empty() && !is_read(request))
            return fail(Code::forbidden,
                        "A cookie alone changes nothing: send the token in the Authorization header.");
        if (!token.empty()) {
            if (const auto same_site = check_same_site(context.state.settings, request); !same_site)
                return std::unexpected(same_site.error());
            context.by_cookie = true;
        }
    }
    if (token.empty() || token.size() > max_token_bytes) return fail(Code::unauthorized, "Sign in first.");
    return std::string(token);
}

} // namespace

asio::awaitable<Result<Principal>> authenticate_token(ApiState& state, std::string access_token) {
    return state.services.auth.authenticate(std::move(access_token));
}

asio::awaitable<Result<void>> sign_in(Context& context) {
    auto token = find_token(context);
    if (!token) co_return std::unexpected(token.error());
    context.access_token = *token;
    auto principal = co_await authenticate_token(context.state, std::move(*token));
    if (!principal) co_return std::unexpected(principal.error());
    context.principal = std::move(*principal);
    co_return Result<void>{};
}

asio::awaitable<Result<void>> admit(Context& context) {
    switch (context.route->access) {
    case Access::anonymous:
    case Access::webhook: co_return Result<void>{};
    case Access::operations:
        if (is_this_machine(context.client_address)) co_return Result<void>{};
        break;
    case Access::user:
    case Access::admin: break;
    }
    const auto signed_in = co_await sign_in(context);
    if (!signed_in) co_return std::unexpected(signed_in.error());
    if (context.route->access != Access::user && !context.principal.is_admin())
        co_return fail(Code::forbidden, "This is for administrators.");
    co_return Result<void>{};
}

} // namespace panel::api
