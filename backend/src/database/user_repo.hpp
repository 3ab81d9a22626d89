#pragma once
// Rows of `users`, `sessions` and `refresh_tokens`. Functions block; call them inside Database::read or
// ::write.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "models/user.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace panel::database {

struct RefreshTokenRow {
    std::string token_hash; // SHA-256, hex
    std::string session_id;
    Timestamp expires_at;
    std::optional<Timestamp> used_at;
    Timestamp created_at;
};

[[nodiscard]] std::int64_t count_users(soci::session& session);
[[nodiscard]] bool has_admin(soci::session& session);
Result<std::int64_t> insert_user(soci::session& session, const User& user,
                                 const std::string& password_hash); // conflict: e-mail taken
[[nodiscard]] std::optional<User> find_user(soci::session& session, std::int64_t id);
[[nodiscard]] std::optional<std::pair<User, std::string>>
find_user_by_email(soci::session& session, const std::string& email); // with password hash

// The same password with a dearer hash: not a change of the user.
void set_password_hash(soci::session& session, std::int64_t id, const std::string& password_hash);

void insert_session(soci::session& session, const Session& row, const std::string& user_agent);
[[nodiscard]] std::optional<Session> find_session(soci::session& session, const std::string& id);
void revoke_session(soci::session& session, const std::string& id, Timestamp now);

void insert_refresh_token(soci::session& session, const RefreshTokenRow& row);
[[nodiscard]] std::optional<RefreshTokenRow> find_refresh_token(soci::session& session,
                                                                const std::string& token_hash);
bool use_refresh_token(soci::session& session, const std::string& token_hash,
                       Timestamp now); // false: was used already
void delete_expired_sessions(soci::session& session, Timestamp now);

} // namespace panel::database
