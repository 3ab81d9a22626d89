#pragma once
// Lets a request in, or not: finds its token, asks the auth service, compares with what the route demands.
// Loop thread; suspends only when the session was not checked in the last seconds.

#include "api/context.hpp"
#include "base/result.hpp"
#include "models/user.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace panel::api {

// Fills in principal and access_token. Errors: unauthorized, forbidden.
// A token comes as `Authorization: Bearer`, or - for reads only - in the page's cookie: no state can be
// changed with a cookie alone.
boost::asio::awaitable<Result<void>> admit(Context& context);
// The same for whoever calls an anonymous route. Errors: unauthorized, forbidden.
boost::asio::awaitable<Result<void>> sign_in(Context& context);

boost::asio::awaitable<Result<Principal>> authenticate_token(ApiState& state, std::string access_token);

} // namespace panel::api
