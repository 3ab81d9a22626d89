#include "services/auth/auth_service.hpp"

#include "base/offload.hpp"
#include "base/utf8.hpp"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hmac.hpp"
#include "crypto/random.hpp"
#include "database/database.hpp"
#include "database/user_repo.hpp"
#include "models/text_rules.hpp"
#include "services/auth/credentials.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

namespace panel::auth {
namespace {

constexpr std::chrono::hours access_lifetime{24};
constexpr std::chrono::days refresh_lifetime{7};  // sliding
constexpr std::chrono::days session_lifetime{30}; // absolute
constexpr std::chrono::seconds replay_tolerance{10};
constexpr std::size_t longest_refresh_token = 200;
constexpr std::size_t longest_user_agent = 200;
constexpr std::size_t longest_hashing_queue = 200;

std::unexpected<Error> not_signed_in() { return fail(Code::unauthorized, "Please sign in again."); }
std::unexpected<Error> wrong_password() {
    return fail(Code::unauthorized, "The e-mail address or the password is wrong.");
}
std::unexpected<Error> no_setup() { return fail(Code::not_found, "There is nothing here."); }
std::unexpected<Error> too_busy() {
    return fail(Code::too_many_requests, "Too many people are signing in right now; try again in a moment.");
}

std::unexpected<Error> too_many_failures(std::chrono::seconds wait) {
    return fail(Code::too_many_requests, fmt::format("Too many failed sign-ins; try again in {} second{}.",
                                                     wait.count(), wait.count() == 1 ? "" : "s"));
}

std::size_t default_slots() { return std::max(1U, std::thread::hardware_concurrency()); }

void insert_token(soci::session& session, const Session& owner, const std::string& token, Timestamp now) {
    const auto expires_at = std::min<Timestamp>(now + refresh_lifetime, owner.expires_at);
    database::insert_refresh_token(session,
                                   {crypto::sha256_hex(token), owner.id, expires_at, std::nullopt, now});
}

// What became of a refresh token, decided in one transaction.
struct Rotation {
    bool is_valid = false;
    bool is_reused = false;
    Session session;
    User user;
};

Rotation rotate(soci::session& session, const std::string& token, const std::string& successor,
                Timestamp now) {
    Rotation rotation;
    const auto row = database::find_refresh_token(session, crypto::sha256_hex(token));
    if (!row || row->expires_at <= now) return rotation;
    const auto owner = database::find_session(session, row->session_id);
    if (!owner || owner->revoked_at || owner->expires_at <= now) return rotation;
    const auto user = database::find_user(session, owner->user_id);
    if (!user) return rotation;
    rotation.session = *owner;
    rotation.user = *user;
    if (!row->used_at) {
        database::use_refresh_token(session, row->token_hash, now);
        insert_token(session, *owner, successor, now);
        rotation.is_valid = true;
        return rotation;
    }
    // Used before: an answer that was lost on the way, or a stolen token.
    const auto next = database::find_refresh_token(session, crypto::sha256_hex(successor));
    const bool is_recent = now - *row->used_at <= replay_tolerance;
    rotation.is_valid = is_recent && next && !next->used_at;
    if (!rotation.is_valid) {
        rotation.is_reused = true;
        database::revoke_session(session, owner->id, now);
    }
    return rotation;
}

} // namespace

AuthService::AuthService(database::Database& database, const Clock& clock, asio::thread_pool& pool,
                         const Secret& key, AuthSettings settings)
    : database_(database),
      clock_(clock),
      pool_(pool),
      access_tokens_(key, settings.public_url),
      refresh_key_(crypto::hmac_sha256(key.reveal(), "refresh tokens")),
      hasher_(settings.password_cost),
      hashing_(settings.hashing_slots > 0 ? settings.hashing_slots : default_slots(), longest_hashing_queue),
      setup_link_(std::move(settings.data_directory), settings.public_url) {}

std::string AuthService::prepare() {
    auto read = [](soci::session& session) { return database::has_admin(session); };
    has_admin_ = database_.read_blocking(read);
    if (!has_admin_) return setup_link_.prepare();
    setup_link_.remove();
    return {};
}

// Another process may have made the first administrator meanwhile.
asio::awaitable<bool> AuthService::is_setup_required() {
    if (has_admin_) co_return false;
    auto read = [](soci::session& session) { return database::has_admin(session); };
    has_admin_ = co_await database_.read(std::move(read));
    co_return !has_admin_;
}

asio::awaitable<Result<Tokens>> AuthService::setup(SetupInput input, Caller caller) {
    if (has_admin_ || !setup_link_.matches(input.token.reveal())) co_return no_setup();
    User user;
    auto email = parse_email(input.email);
    if (!email) co_return std::unexpected(email.error());
    auto name = parse_name(input.name);
    if (!name) co_return std::unexpected(name.error());
    if (auto checked = check_new_password(input.password, *email); !checked)
        co_return std::unexpected(checked.error());
    const auto hash = co_await hash_password(std::move(input.password));
    if (!hash) co_return std::unexpected(hash.error());
    user.email = std::move(*email);
    user.name = std::move(*name);
    user.role = Role::admin;
    user.created_at = user.updated_at = clock_.now();
    auto write = [&user, &hash](soci::session& session) -> Result<std::int64_t> {
        if (database::has_admin(session)) return no_setup(); // another request was first
        return database::insert_user(session, user, *hash);
    };
    const auto id = co_await database_.write(std::move(write));
    if (!id) co_return std::unexpected(id.error());
    has_admin_ = true;
    setup_link_.remove();
    user.id = *id;
    co_return co_await start_session(std::move(user), std::move(caller.user_agent));
}

asio::awaitable<Result<Tokens>> AuthService::login(std::string email, Secret password, Caller caller) {
    auto address = parse_email(email); // what is none gets the same answer as an unknown one
    auto user = co_await check_password(address ? std::move(*address) : to_lower(email), std::move(password),
                                        std::move(caller.peer));
    if (!user) co_return std::unexpected(user.error());
    co_return co_await start_session(std::move(*user), std::move(caller.user_agent));
}

asio::awaitable<Result<User>> AuthService::check_password(std::string email, Secret password,
                                                          std::string peer) {
    if (const auto wait = throttle_.wait_for(email, peer, clock_.now())) co_return too_many_failures(*wait);
    const auto pass = co_await hashing_.enter();
    if (!pass) co_return too_busy();
    // Asked again in turn: of many tries at once no more get through than one after the other would.
    if (const auto wait = throttle_.wait_for(email, peer, clock_.now())) co_return too_many_failures(*wait);
    auto read = [&email](soci::session& session) { return database::find_user_by_email(session, email); };
    auto found = co_await database_.read(std::move(read));
    auto check = [this, &found, &password]() -> bool {
        if (found) return hasher_.verify(password.reveal(), found->second);
        hasher_.waste_time(password.reveal()); // an unknown address takes as long as a wrong password
        return false;
    };
    if (!co_await offload(pool_, std::move(check))) {
        throttle_.note_failure(email, peer, clock_.now());
        co_return wrong_password();
    }
    throttle_.note_success(email, peer);
    if (hasher_.is_outdated(found->second)) {
        auto renew = [this, &password] { return hasher_.hash(password.reveal()); };
        const auto hash = co_await offload(pool_, std::move(renew));
        auto write = [id = found->first.id, &hash](soci::session& session) {
            database::set_password_hash(session, id, *hash);
        };
        if (hash) co_await database_.write(std::move(write));
    }
    co_return std::move(found->first);
}

asio::awaitable<Result<std::string>> AuthService::hash_password(Secret password) {
    const auto pass = co_await hashing_.enter();
    if (!pass) co_return too_busy();
    auto hash = [this, &password] { return hasher_.hash(password.reveal()); };
    co_return co_await offload(pool_, std::move(hash));
}

asio::awaitable<Tokens> AuthService::start_session(User user, std::string user_agent) {
    const auto now = clock_.now();
    Session row;
    row.id = crypto::random_hex(16);
    row.user_id = user.id;
    row.created_at = now;
    row.expires_at = now + session_lifetime;
    Secret token(crypto::random_base64url(32));
    const auto agent = to_valid_utf8(user_agent);
    const std::string shown(utf8_prefix(agent, longest_user_agent));
    auto write = [&row, &token, &shown, now](soci::session& session) {
        database::delete_expired_sessions(session, now);
        database::insert_session(session, row, shown);
        insert_token(session, row, token.reveal(), now);
    };
    co_await database_.write(std::move(write));
    co_return issue(user, row, std::move(token));
}

asio::awaitable<Result<Tokens>> AuthService::refresh(Secret refresh_token) {
    const auto& token = refresh_token.reveal();
    if (token.empty() || token.size() > longest_refresh_token) co_return not_signed_in();
    auto look = [&token](soci::session& session) {
        return database::find_refresh_token(session, crypto::sha256_hex(token)).has_value();
    };
    if (!co_await database_.read(std::move(look)))
        co_return not_signed_in(); // a stranger does not get to the one writer
    Secret successor(successor_of(token));
    auto write = [this, &token, &successor](soci::session& session) {
        return rotate(session, token, successor.reveal(), clock_.now());
    };
    const auto rotation = co_await database_.write(std::move(write));
    if (rotation.is_reused) {
        sessions_.drop(rotation.session.id);
        spdlog::warn("auth: a refresh token of user {} was used twice; the session is ended",
                     rotation.user.id);
    }
    if (!rotation.is_valid) co_return not_signed_in();
    co_return issue(rotation.user, rotation.session, std::move(successor));
}

asio::awaitable<void> AuthService::logout(Principal principal) {
    co_await revoke(std::move(principal.session_id));
}

asio::awaitable<void> AuthService::logout(Secret refresh_token) {
    auto look = [&refresh_token](soci::session& session) {
        return database::find_refresh_token(session, crypto::sha256_hex(refresh_token.reveal()));
    };
    auto row = co_await database_.read(std::move(look));
    if (row) co_await revoke(std::move(row->session_id));
}

asio::awaitable<void> AuthService::revoke(std::string session_id) {
    sessions_.drop(session_id); // what comes in from now on asks the database
    auto write = [this, &session_id](soci::session& session) {
        database::revoke_session(session, session_id, clock_.now());
    };
    co_await database_.write(std::move(write));
    sessions_.drop(session_id); // what asked before the commit
}

asio::awaitable<Result<User>> AuthService::me(Principal principal) {
    auto read = [id = principal.user_id](soci::session& session) { return database::find_user(session, id); };
    auto user = co_await database_.read(std::move(read));
    if (!user) co_return not_signed_in();
    co_return std::move(*user);
}

asio::awaitable<Result<Principal>> AuthService::authenticate(std::string access_token) {
    const auto now = clock_.now();
    const auto claims = verified_.verify(access_token, now);
    if (!claims) co_return std::unexpected(claims.error());
    if (const auto* kept = sessions_.find(claims->session_id, now)) {
        if (kept->principal.user_id != claims->user_id || kept->version != claims->version)
            co_return not_signed_in();
        co_return kept->principal;
    }
    const auto epoch = sessions_.epoch();
    auto read = [&claims](soci::session& session) -> std::optional<std::pair<Session, User>> {
        auto row = database::find_session(session, claims->session_id);
        if (!row || row->revoked_at || row->user_id != claims->user_id) return std::nullopt;
        auto user = database::find_user(session, row->user_id);
        if (!user) return std::nullopt;
        return std::pair(std::move(*row), std::move(*user));
    };
    const auto found = co_await database_.read(std::move(read));
    if (!found || found->first.expires_at <= now) co_return not_signed_in();
    const auto version = to_milliseconds(found->second.updated_at);
    SessionCache::Entry entry{
        {found->second.id, found->second.role, found->first.id}, version, found->first.expires_at, now};
    const auto principal = entry.principal;
    sessions_.put(std::move(entry), epoch);
    if (version != claims->version) co_return not_signed_in(); // password or role changed: refresh
    co_return principal;
}

Tokens AuthService::issue(const User& user, const Session& session, Secret refresh_token) const {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
    const auto expires_at = std::min<Timestamp>(now + access_lifetime, session.expires_at);
    crypto::AccessClaims claims{user.id, session.id, to_milliseconds(user.updated_at), crypto::random_hex(8),
                                now,     expires_at};
    return {Secret(access_tokens_.sign(claims)), std::move(refresh_token),
            std::chrono::duration_cast<std::chrono::seconds>(expires_at - now), user};
}

// Derived, so that the same old token leads to the same new one without keeping any token.
std::string AuthService::successor_of(const std::string& refresh_token) const {
    return crypto::base64url_encode(crypto::hmac_sha256(refresh_key_.reveal(), refresh_token));
}

} // namespace panel::auth
