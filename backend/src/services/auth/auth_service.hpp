#pragma once
// Who may use the panel: the first administrator's setup link, signing in, tokens and sessions. An access
// token is a JWT whose session is also looked up here (kept for at most 5 s), so that signing out acts at
// once; refresh tokens rotate, and the reuse of an old one ends the session. Owned by App. Loop thread;
// everything but a kept session suspends for the database or, to hash a password, for the pool. Errors:
// unauthorized (one message whatever is wrong), too_many_requests, not_found (setup), invalid.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "crypto/access_token.hpp"
#include "crypto/password_hash.hpp"
#include "models/user.hpp"
#include "services/auth/login_throttle.hpp"
#include "services/auth/session_cache.hpp"
#include "services/auth/setup_link.hpp"
#include "services/auth/verified_tokens.hpp"
#include "services/auth/work_gate.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::auth {

struct AuthSettings {
    std::filesystem::path data_directory;
    std::string public_url; // also the issuer of tokens
    int password_cost = crypto::PasswordHasher::default_cost;
    std::size_t hashing_slots = 0; // passwords hashed at once; 0: one for each core
};

// Where a request comes from: for limits and for the list of sessions.
struct Caller {
    std::string peer; // address of the client
    std::string user_agent;
};

struct Tokens {
    Secret access_token;
    Secret refresh_token;
    std::chrono::seconds expires_in{0}; // of the access token
    User user;
};

struct SetupInput {
    Secret token;
    std::string email;
    Secret password;
    std::string name;
};

class AuthService {
  public:
    // `key` signs tokens: 32 bytes or more.
    AuthService(database::Database& database, const Clock& clock, boost::asio::thread_pool& pool,
                const Secret& key, AuthSettings settings);

    // At start-up, before requests; blocks. Writes the setup link while there is no administrator; returns
    // it, "" afterwards.
    std::string prepare();

    boost::asio::awaitable<bool> is_setup_required();
    boost::asio::awaitable<Result<Tokens>> setup(SetupInput input, Caller caller);
    boost::asio::awaitable<Result<Tokens>> login(std::string email, Secret password, Caller caller);
    boost::asio::awaitable<Result<Tokens>> refresh(Secret refresh_token);
    boost::asio::awaitable<void> logout(Principal principal);
    boost::asio::awaitable<void> logout(Secret refresh_token); // an unknown one is no error
    boost::asio::awaitable<Result<User>> me(Principal principal);
    // Does not suspend while the session is kept.
    boost::asio::awaitable<Result<Principal>> authenticate(std::string access_token);

  private:
    boost::asio::awaitable<Result<std::string>> hash_password(Secret password);
    boost::asio::awaitable<Result<User>> check_password(std::string email, Secret password, std::string peer);
    boost::asio::awaitable<Tokens> start_session(User user, std::string user_agent);
    boost::asio::awaitable<void> revoke(std::string session_id);
    [[nodiscard]] Tokens issue(const User& user, const Session& session, Secret refresh_token) const;
    [[nodiscard]] std::string successor_of(const std::string& refresh_token) const;

    database::Database& database_;
    const Clock& clock_;
    boost::asio::thread_pool& pool_;
    crypto::AccessTokens access_tokens_;
    VerifiedTokens verified_{access_tokens_};
    Secret refresh_key_;
    crypto::PasswordHasher hasher_;
    WorkGate hashing_;
    LoginThrottle throttle_;
    SessionCache sessions_;
    SetupLink setup_link_;
    bool has_admin_ = false;
};

} // namespace panel::auth
