#pragma once
// A person who may sign in, and the sessions that they hold. Plain data.

#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace panel {

enum class Role { admin, user };

struct User {
    std::int64_t id = 0;
    std::string email; // lower-cased
    std::string name;
    Role role = Role::user;
    Timestamp created_at;
    Timestamp updated_at;
};

// One sign-in on one device; its refresh tokens are one family.
struct Session {
    std::string id; // 128 random bits, hex
    std::int64_t user_id = 0;
    Timestamp created_at;
    Timestamp expires_at; // absolute end of the family
    std::optional<Timestamp> revoked_at;
};

// Whoever a request speaks for; made only by the access middleware and, inside the server, by
// Principal::system().
struct Principal {
    std::int64_t user_id = 0; // 0: the server itself
    Role role = Role::user;
    std::string session_id;
    [[nodiscard]] static Principal system() { return Principal{0, Role::admin, {}}; }
    [[nodiscard]] bool is_admin() const { return role == Role::admin; }
};

} // namespace panel
