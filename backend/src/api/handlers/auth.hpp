#pragma once
// /auth: the first administrator, signing in and out, who am I. Loop thread.

#include "api/context.hpp"
#include "api/json/user_json.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::api::handlers {

boost::asio::awaitable<Result<wire::AuthStatus>> auth_status(Context& context);
boost::asio::awaitable<Result<wire::Tokens>> setup(Context& context, wire::SetupInput body);
boost::asio::awaitable<Result<wire::Tokens>> login(Context& context, wire::LoginInput body);
boost::asio::awaitable<Result<wire::Tokens>> refresh(Context& context, wire::RefreshInput body);
// Ends the session of the access token, of the refresh token, or both; closes its WebSockets. An access token
// that has run out is no hindrance when the refresh token is there. Errors: unauthorized (neither).
boost::asio::awaitable<Result<void>> logout(Context& context, wire::LogoutInput body);
boost::asio::awaitable<Result<wire::User>> me(Context& context);

} // namespace panel::api::handlers
