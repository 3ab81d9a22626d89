#include "api/handlers/auth.hpp"

#include "api/middleware/access.hpp"
#include "api/socket/socket_registry.hpp"
#include "services/auth/auth_service.hpp"

#include <utility>

namespace panel::api::handlers {

namespace asio = boost::asio;

namespace {

constexpr std::size_t max_user_agent_bytes = 200;

auth::Caller caller_of(const Context& context) {
    return {context.client_address,
            std::string(context.header("User-Agent").substr(0, max_user_agent_bytes))};
}

Result<wire::Tokens> to_wire(Result<auth::Tokens> tokens) {
    if (!tokens) return std::unexpected(std::move(tokens.error()));
    return wire::Tokens{tokens->access_token.reveal(), tokens->refresh_token.reveal(),
                        tokens->expires_in.count(), wire::to_wire(tokens->user)};
}

} // namespace

asio::awaitable<Result<wire::AuthStatus>> auth_status(Context& context) {
    wire::AuthStatus status;
    status.setup_required = co_await context.services().auth.is_setup_required();
    co_return status;
}

asio::awaitable<Result<wire::Tokens>> setup(Context& context, wire::SetupInput body) {
    auth::SetupInput input{std::move(body.token), std::move(body.email), std::move(body.password),
                           std::move(body.name)};
    auto caller = caller_of(context);
    co_return to_wire(co_await context.services().auth.setup(std::move(input), std::move(caller)));
}

asio::awaitable<Result<wire::Tokens>> login(Context& context, wire::LoginInput body) {
    auto caller = caller_of(context);
    co_return to_wire(co_await context.services().auth.login(std::move(body.email), std::move(body.password),
                                                             std::move(caller)));
}

asio::awaitable<Result<wire::Tokens>> refresh(Context& context, wire::RefreshInput body) {
    co_return to_wire(co_await context.services().auth.refresh(std::move(body.refresh_token)));
}

asio::awaitable<Result<void>> logout(Context& context, wire::LogoutInput body) {
    auto& auth = context.services().auth;
    const auto signed_in = co_await sign_in(context);
    if (!signed_in && !body.refresh_token) co_return std::unexpected(signed_in.error());
    if (body.refresh_token) co_await auth.logout(std::move(*body.refresh_token));
    if (signed_in) {
        co_await auth.logout(context.principal);
        context.state.sockets.close_session(context.principal.session_id);
    }
    co_return Result<void>{};
}

asio::awaitable<Result<wire::User>> me(Context& context) {
    const auto user = co_await context.services().auth.me(context.principal);
    if (!user) co_return std::unexpected(user.error());
    co_return wire::to_wire(*user);
}

} // namespace panel::api::handlers
