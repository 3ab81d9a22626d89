#include "database/user_repo.hpp"

#include "database/columns.hpp"
#include "database/query.hpp"

namespace panel::database {
namespace {

constexpr const char* count_users_sql = "SELECT COUNT(*) FROM users";
constexpr const char* has_admin_sql = "SELECT 1 FROM users WHERE role = 'admin' LIMIT 1";
constexpr const char* insert_user_sql =
    "INSERT INTO users (email, password, name, role, created_at, updated_at) VALUES (:email, :password, "
    ":name, :role, :created, :updated) "
    "ON CONFLICT (email) DO NOTHING RETURNING id";
constexpr const char* find_user_sql =
    "SELECT id, email, name, role, created_at, updated_at FROM users WHERE id = :id";
constexpr const char* find_user_by_email_sql =
    "SELECT id, email, name, role, created_at, updated_at, password FROM users WHERE email = :email";
constexpr const char* set_password_sql = "UPDATE users SET password = :password WHERE id = :id";

constexpr const char* insert_session_sql =
    "INSERT INTO sessions (id, user_id, user_agent, created_at, expires_at, revoked_at) "
    "VALUES (:id, :user, :agent, :created, :expires, :revoked)";
constexpr const char* find_session_sql =
    "SELECT id, user_id, created_at, expires_at, revoked_at FROM sessions WHERE id = :id";
constexpr const char* revoke_session_sql =
    "UPDATE sessions SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL";
constexpr const char* delete_expired_sessions_sql = "DELETE FROM sessions WHERE expires_at <= :now";
constexpr const char* delete_expired_tokens_sql = "DELETE FROM refresh_tokens WHERE expires_at <= :now";

constexpr const char* insert_token_sql =
    "INSERT INTO refresh_tokens (token_hash, session_id, expires_at, used_at, created_at) "
    "VALUES (:hash, :session, :expires, :used, :created)";
constexpr const char* find_token_sql = "SELECT token_hash, session_id, expires_at, used_at, created_at FROM "
                                       "refresh_tokens WHERE token_hash = :hash";
constexpr const char* use_token_sql =
    "UPDATE refresh_tokens SET used_at = :now WHERE token_hash = :hash AND used_at IS NULL";

void select_into(Query& query, User& user) {
    query.into(user.id, user.email, user.name, user.role, user.created_at, user.updated_at);
}

} // namespace

std::int64_t count_users(soci::session& session) {
    std::int64_t count = 0;
    Query query(session, count_users_sql);
    query.into(count).only();
    return count;
}

bool has_admin(soci::session& session) {
    int one = 0;
    Query query(session, has_admin_sql);
    return query.into(one).only();
}

Result<std::int64_t> insert_user(soci::session& session, const User& user, const std::string& password_hash) {
    std::int64_t id = 0;
    Query query(session, insert_user_sql);
    query.use(user.email, password_hash, user.name, user.role, user.created_at, user.updated_at).into(id);
    if (!query.only()) return fail(Code::conflict, "This e-mail address has an account already.");
    return id;
}

std::optional<User> find_user(soci::session& session, std::int64_t id) {
    User user;
    Query query(session, find_user_sql);
    query.use(id);
    select_into(query, user);
    if (!query.only()) return std::nullopt;
    return user;
}

std::optional<std::pair<User, std::string>> find_user_by_email(soci::session& session,
                                                               const std::string& email) {
    std::pair<User, std::string> found;
    Query query(session, find_user_by_email_sql);
    query.use(email);
    select_into(query, found.first);
    query.into(found.second);
    if (!query.only()) return std::nullopt;
    return found;
}

void set_password_hash(soci::session& session, std::int64_t id, const std::string& password_hash) {
    Query query(session, set_password_sql);
    query.use(password_hash, id).run();
}

void insert_session(soci::session& session, const Session& row, const std::string& user_agent) {
    Query query(session, insert_session_sql);
    query.use(row.id, row.user_id, user_agent, row.created_at, row.expires_at, row.revoked_at).run();
}

std::optional<Session> find_session(soci::session& session, const std::string& id) {
    Session row;
    Query query(session, find_session_sql);
    query.use(id).into(row.id, row.user_id, row.created_at, row.expires_at, row.revoked_at);
    if (!query.only()) return std::nullopt;
    return row;
}

void revoke_session(soci::session& session, const std::string& id, Timestamp now) {
    Query query(session, revoke_session_sql);
    query.use(now, id).run();
}

void insert_refresh_token(soci::session& session, const RefreshTokenRow& row) {
    Query query(session, insert_token_sql);
    query.use(row.token_hash, row.session_id, row.expires_at, row.used_at, row.created_at).run();
}

std::optional<RefreshTokenRow> find_refresh_token(soci::session& session, const std::string& token_hash) {
    RefreshTokenRow row;
    Query query(session, find_token_sql);
    query.use(token_hash).into(row.token_hash, row.session_id, row.expires_at, row.used_at, row.created_at);
    if (!query.only()) return std::nullopt;
    return row;
}

bool use_refresh_token(soci::session& session, const std::string& token_hash, Timestamp now) {
    Query query(session, use_token_sql);
    return query.use(now, token_hash).run() > 0;
}

void delete_expired_sessions(soci::session& session, Timestamp now) {
    Query tokens(session, delete_expired_tokens_sql);
    tokens.use(now).run();
    Query sessions(session, delete_expired_sessions_sql);
    sessions.use(now).run();
}

} // namespace panel::database
