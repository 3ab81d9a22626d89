#pragma once
// Users, tokens and what signing in asks for, as they go over the wire. Plain data.

#include "api/json/field_types.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "models/user.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace panel::api::wire {

struct User {
    static constexpr std::string_view schema_name = "User";
    std::int64_t id = 0;
    std::string email;
    std::string name;
    Role role = Role::user;
    Timestamp created_at;
    Timestamp updated_at;
};
BOOST_DESCRIBE_STRUCT(User, (), (id, email, name, role, created_at, updated_at))

struct Tokens {
    static constexpr std::string_view schema_name = "Tokens";
    std::string access_token;
    std::string refresh_token;
    std::int64_t expires_in = 0; // seconds, of the access token
    User user;
};
BOOST_DESCRIBE_STRUCT(Tokens, (), (access_token, refresh_token, expires_in, user))

struct AuthStatus {
    static constexpr std::string_view schema_name = "AuthStatus";
    bool setup_required = false;
};
BOOST_DESCRIBE_STRUCT(AuthStatus, (), (setup_required))

struct SetupInput {
    static constexpr std::string_view schema_name = "SetupInput";
    Secret token;
    json::Text<254> email;
    Secret password;
    json::Text<200> name;
};
BOOST_DESCRIBE_STRUCT(SetupInput, (), (token, email, password, name))

struct LoginInput {
    static constexpr std::string_view schema_name = "LoginInput";
    json::Text<254> email;
    Secret password;
};
BOOST_DESCRIBE_STRUCT(LoginInput, (), (email, password))

struct RefreshInput {
    static constexpr std::string_view schema_name = "RefreshInput";
    Secret refresh_token;
};
BOOST_DESCRIBE_STRUCT(RefreshInput, (), (refresh_token))

struct LogoutInput {
    static constexpr std::string_view schema_name = "LogoutInput";
    std::optional<Secret> refresh_token;
};
BOOST_DESCRIBE_STRUCT(LogoutInput, (), (refresh_token))

[[nodiscard]] User to_wire(const panel::User& user);

} // namespace panel::api::wire
