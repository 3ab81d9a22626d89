#include "services/auth/auth_service.hpp"

#include "crypto/digest.hpp"
#include "services/auth/key_check.hpp"
#include "services/auth/verified_tokens.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <stdexcept>
#include <vector>

using namespace panel;
using namespace panel::auth;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

constexpr const char* email = "ada@example.com";
constexpr const char* password = "correct horse battery";
const Caller caller{"198.51.100.7", "test"};

struct Setting {
    test::TempDatabase temp;
    asio::io_context loop{1};
    std::unique_ptr<AuthService> auth;
    std::string link;

    Setting() { restart(); }
    void restart() {
        AuthSettings settings{temp.directory.path(), "http://localhost:8088", 4, 2};
        auth = std::make_unique<AuthService>(*temp.database, temp.clock, temp.pool,
                                             Secret(std::string(32, 'k')), settings);
        link = auth->prepare();
    }

    template <class T> T run(asio::awaitable<T> task) { return test::run(loop, std::move(task)); }

    [[nodiscard]] std::filesystem::path link_file() const { return temp.directory.path() / "setup-url"; }
    [[nodiscard]] std::string token() const { return link.substr(link.find('=') + 1); }
    [[nodiscard]] SetupInput setup_input() const {
        return {Secret(token()), "Ada@Example.com ", Secret(password), "Ada"};
    }

    Tokens set_up() {
        auto tokens = run(auth->setup(setup_input(), caller));
        REQUIRE(tokens);
        return std::move(*tokens);
    }
    Result<Tokens> login(const std::string& with, const std::string& who = email,
                         const std::string& peer = "198.51.100.7") {
        return run(auth->login(who, Secret(with), {peer, "test"}));
    }
    Result<Tokens> refresh(const Tokens& tokens) { return run(auth->refresh(tokens.refresh_token)); }
    Result<Principal> authenticate(const Tokens& tokens) {
        return run(auth->authenticate(tokens.access_token.reveal()));
    }

    // Runs all at the same time and returns every answer.
    template <class T> std::vector<T> run_together(std::vector<asio::awaitable<T>> tasks) {
        std::vector<T> answers;
        const auto count = tasks.size();
        for (auto& task : tasks) asio::co_spawn(loop, collect(std::move(task), answers), asio::detached);
        const auto end = std::chrono::steady_clock::now() + 60s;
        loop.restart();
        while (answers.size() < count && loop.run_one_until(end) > 0) {
        }
        REQUIRE(answers.size() == count);
        return answers;
    }
    template <class T>
    static asio::awaitable<void> collect(asio::awaitable<T> task, std::vector<T>& answers) {
        auto answer = co_await std::move(task);
        answers.push_back(std::move(answer));
    }
};

Code code_of(const auto& result) { return result ? Code::internal : result.error().code; }

} // namespace

TEST_CASE("the first start writes a setup link that only this user can read, and a restart keeps it") {
    Setting setting;
    CHECK(setting.link.starts_with("http://localhost:8088/setup?token="));
    CHECK(setting.token().size() == 43);
    struct stat status{};
    REQUIRE(::stat(setting.link_file().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
    const auto first = setting.link;
    setting.restart();
    CHECK(setting.link == first);
    CHECK(setting.run(setting.auth->is_setup_required()));
}

TEST_CASE("a setup link that others could read, or that somebody wrote, is replaced") {
    Setting setting;
    const auto first = setting.link;
    REQUIRE(::chmod(setting.link_file().c_str(), 0644) == 0);
    setting.restart();
    CHECK(setting.link != first);
    std::ofstream(setting.link_file()) << "http://localhost:8088/setup?token=known\n";
    setting.restart();
    CHECK(setting.token().size() == 43);
    struct stat status{};
    REQUIRE(::stat(setting.link_file().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
}

TEST_CASE("setup makes the administrator, signs them in, and never works again") {
    Setting setting;
    const auto tokens = setting.set_up();
    CHECK(tokens.user.email == email);
    CHECK(tokens.user.role == Role::admin);
    CHECK(tokens.expires_in == 24h);
    CHECK(setting.authenticate(tokens)->user_id == tokens.user.id);
    CHECK_FALSE(setting.run(setting.auth->is_setup_required()));
    CHECK_FALSE(std::filesystem::exists(setting.link_file()));
    CHECK(code_of(setting.run(setting.auth->setup(setting.setup_input(), caller))) == Code::not_found);
    setting.restart();
    CHECK(setting.link.empty());
    CHECK_FALSE(std::filesystem::exists(setting.link_file()));
}

TEST_CASE("setup without the right token is not found, whatever else is sent") {
    Setting setting;
    for (const auto& token : {std::string(), std::string("x"), std::string("known"), std::string(43, 'A')}) {
        auto input = setting.setup_input();
        input.token = Secret(token);
        CHECK(code_of(setting.run(setting.auth->setup(input, caller))) == Code::not_found);
        input.password = Secret("short");
        CHECK(code_of(setting.run(setting.auth->setup(input, caller))) == Code::not_found);
    }
    CHECK(setting.temp.read([](soci::session& session) { return database::count_users(session); }) == 0);
}

TEST_CASE("of two setups at once with the right token exactly one succeeds") {
    Setting setting;
    std::vector<asio::awaitable<Result<Tokens>>> both;
    for (const auto* who : {"ada@example.com", "eve@example.com"}) {
        auto input = setting.setup_input();
        input.email = who;
        both.push_back(setting.auth->setup(input, caller));
    }
    const auto answers = setting.run_together(std::move(both));
    CHECK(std::ranges::count_if(answers, [](const auto& answer) { return answer.has_value(); }) == 1);
    CHECK(std::ranges::count_if(answers,
                                [](const auto& answer) { return code_of(answer) == Code::not_found; }) == 1);
    CHECK(setting.temp.read([](soci::session& session) { return database::count_users(session); }) == 1);
}

TEST_CASE("setup says which field is wrong") {
    Setting setting;
    const auto refused = [&](const std::string& field, auto change) {
        auto input = setting.setup_input();
        change(input);
        const auto answer = setting.run(setting.auth->setup(input, caller));
        REQUIRE_FALSE(answer);
        CHECK(answer.error().code == Code::invalid);
        CHECK(answer.error().fields.at(0).field == field);
    };
    for (const std::string wrong :
         {"", "ada", "@example.com", "ada@", "a@b@c", "a b@example.com", "a\n@example.com"}) {
        refused("email", [&](SetupInput& input) { input.email = wrong; });
    }
    for (const std::string wrong :
         {"", "1234567", "password", "PASSWORD123", "aaaaaaaaaaaa", "ada@example.com"}) {
        refused("password", [&](SetupInput& input) { input.password = Secret(wrong); });
    }
    refused("password", [&](SetupInput& input) { input.password = Secret(std::string(73, 'p') + "q"); });
    refused("name", [&](SetupInput& input) { input.name = "  "; });
    refused("name", [&](SetupInput& input) { input.name = "A\nB"; });
}

TEST_CASE("signing in answers tokens for the right password only, the same way for an unknown address") {
    Setting setting;
    setting.set_up();
    CHECK(setting.login(password));
    CHECK(setting.login(password, " ADA@example.com"));
    const auto wrong = setting.login("wrong password");
    const auto unknown = setting.login(password, "eve@example.com");
    const auto no_address = setting.login(password, "eve");
    REQUIRE_FALSE(wrong);
    REQUIRE_FALSE(unknown);
    REQUIRE_FALSE(no_address);
    CHECK(wrong.error().code == Code::unauthorized);
    CHECK(unknown.error().code == Code::unauthorized);
    CHECK(unknown.error().message == wrong.error().message);
    CHECK(no_address.error().message == wrong.error().message);
}

TEST_CASE("each sign-in is a session of its own with its own tokens") {
    Setting setting;
    setting.set_up();
    const auto one = *setting.login(password);
    const auto two = *setting.login(password);
    CHECK(one.access_token.reveal() != two.access_token.reveal());
    CHECK(one.refresh_token.reveal() != two.refresh_token.reveal());
    CHECK(setting.authenticate(one)->session_id != setting.authenticate(two)->session_id);
}

TEST_CASE(
    "after five failures of an account from any peers the next try waits, also with the right password") {
    Setting setting;
    setting.set_up();
    for (int i = 0; i < 5; ++i)
        CHECK(code_of(setting.login("wrong password", email, "198.51.100." + std::to_string(i))) ==
              Code::unauthorized);
    CHECK(code_of(setting.login("wrong password", email, "198.51.100.99")) == Code::too_many_requests);
    CHECK(code_of(setting.login(password, email, "198.51.100.98")) == Code::too_many_requests);
    CHECK(code_of(setting.login("wrong password", "eve@example.com")) ==
          Code::unauthorized); // others are unaffected
    setting.temp.clock.advance(1s);
    CHECK(code_of(setting.login("wrong password")) == Code::unauthorized);
    setting.temp.clock.advance(1s);
    CHECK(code_of(setting.login(password)) == Code::too_many_requests); // two seconds now
    setting.temp.clock.advance(1s);
    CHECK(setting.login(password));
    CHECK(code_of(setting.login("wrong password")) == Code::unauthorized); // a success forgets
}

TEST_CASE("whoever is signed in stays so while somebody guesses their password") {
    Setting setting;
    const auto tokens = setting.set_up();
    for (int i = 0; i < 10; ++i) static_cast<void>(setting.login("wrong password"));
    CHECK(code_of(setting.login(password)) == Code::too_many_requests);
    CHECK(setting.authenticate(tokens));
    CHECK(setting.refresh(tokens));
}

TEST_CASE("who guesses elsewhere does not keep an owner from signing in where they did before") {
    Setting setting;
    setting.set_up();
    CHECK(setting.login(password, email, "203.0.113.7"));
    for (int i = 0; i < 200; ++i)
        static_cast<void>(setting.login("wrong password", email, "198.51.100." + std::to_string(i)));
    CHECK(code_of(setting.login(password, email, "192.0.2.9")) == Code::too_many_requests);
    CHECK(setting.login(password, email, "203.0.113.7"));
    // And whoever sits there has no more guesses than anybody.
    for (int i = 0; i < 5; ++i)
        CHECK(code_of(setting.login("wrong password", email, "203.0.113.7")) == Code::unauthorized);
    CHECK(code_of(setting.login(password, email, "203.0.113.7")) == Code::too_many_requests);
}

TEST_CASE("a peer that tries many accounts is slowed down") {
    Setting setting;
    setting.set_up();
    for (int i = 0; i < 20; ++i)
        CHECK(code_of(setting.login("wrong password", std::to_string(i) + "@example.com")) ==
              Code::unauthorized);
    CHECK(code_of(setting.login("wrong password", "x@example.com")) == Code::too_many_requests);
    CHECK(code_of(setting.login("wrong password", "x@example.com", "198.51.100.8")) == Code::unauthorized);
    setting.temp.clock.advance(60s);
    CHECK(code_of(setting.login("wrong password", "x@example.com")) == Code::unauthorized);
}

TEST_CASE("many tries at once get no more guesses than one after the other") {
    Setting setting;
    setting.set_up();
    std::vector<asio::awaitable<Result<Tokens>>> tries;
    for (int i = 0; i < 50; ++i)
        tries.push_back(setting.auth->login(email, Secret("wrong password"), {std::to_string(i), "test"}));
    const auto answers = setting.run_together(std::move(tries));
    CHECK(std::ranges::count_if(
              answers, [](const auto& answer) { return code_of(answer) == Code::unauthorized; }) <= 6);
}

TEST_CASE("many people who sign in at once with the right password all get in") {
    Setting setting;
    setting.set_up();
    std::vector<asio::awaitable<Result<Tokens>>> logins;
    for (int i = 0; i < 50; ++i) logins.push_back(setting.auth->login(email, Secret(password), caller));
    const auto answers = setting.run_together(std::move(logins));
    CHECK(std::ranges::all_of(answers, [](const auto& answer) { return answer.has_value(); }));
}

TEST_CASE("a hash of a lower cost is renewed at sign-in") {
    Setting setting;
    setting.set_up();
    AuthSettings settings{setting.temp.directory.path(), "http://localhost:8088", 5, 2};
    setting.auth = std::make_unique<AuthService>(*setting.temp.database, setting.temp.clock,
                                                 setting.temp.pool, Secret(std::string(32, 'k')), settings);
    CHECK(setting.auth->prepare().empty());
    const auto tokens = setting.login(password);
    CHECK(tokens);
    const auto stored = setting.temp.read(
        [](soci::session& session) { return database::find_user_by_email(session, email)->second; });
    CHECK(stored.starts_with("$2b$05$"));
    CHECK(setting.login(password));
    CHECK(setting.authenticate(*tokens));
}

TEST_CASE("an access token ends after 24 hours") {
    Setting setting;
    const auto tokens = setting.set_up();
    setting.temp.clock.advance(24h - 1s);
    CHECK(setting.authenticate(tokens));
    setting.temp.clock.advance(1s);
    CHECK(code_of(setting.authenticate(tokens)) == Code::unauthorized);
}

TEST_CASE("a refresh token is no access token and the other way round") {
    Setting setting;
    const auto tokens = setting.set_up();
    CHECK(code_of(setting.run(setting.auth->authenticate(tokens.refresh_token.reveal()))) ==
          Code::unauthorized);
    CHECK(code_of(setting.run(setting.auth->refresh(tokens.access_token))) == Code::unauthorized);
    for (const auto& garbage : {std::string(), std::string("x"), std::string(100'000, 'x')}) {
        CHECK(code_of(setting.run(setting.auth->authenticate(garbage))) == Code::unauthorized);
        CHECK(code_of(setting.run(setting.auth->refresh(Secret(garbage)))) == Code::unauthorized);
    }
}

TEST_CASE("refreshing gives a new pair, and only hashes of refresh tokens are stored") {
    Setting setting;
    const auto first = setting.set_up();
    const auto second = setting.refresh(first);
    REQUIRE(second);
    CHECK(second->refresh_token.reveal() != first.refresh_token.reveal());
    CHECK(setting.authenticate(*second)->session_id == setting.authenticate(first)->session_id);
    setting.temp.read([&](soci::session& session) {
        CHECK(database::find_refresh_token(session, crypto::sha256_hex(first.refresh_token.reveal())));
        CHECK_FALSE(database::find_refresh_token(session, first.refresh_token.reveal()));
    });
    if (!setting.temp.is_sqlite()) return; // the same statements; only SQLite's bytes are at hand
    std::ifstream file(setting.temp.file().string() + "-wal", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    REQUIRE(bytes.size() > 1000);
    CHECK_FALSE(bytes.contains(first.refresh_token.reveal()));
    CHECK_FALSE(bytes.contains(second->refresh_token.reveal()));
    CHECK_FALSE(bytes.contains(password));
}

TEST_CASE("within ten seconds the same old token gets the same successor, while that is unused") {
    Setting setting;
    const auto first = setting.set_up();
    const auto second = setting.refresh(first);
    setting.temp.clock.advance(10s);
    const auto again = setting.refresh(first);
    REQUIRE(again);
    CHECK(again->refresh_token.reveal() == second->refresh_token.reveal());
    CHECK(setting.authenticate(*again));
}

TEST_CASE("twenty refreshes at once with one token give one successor and sign nobody out") {
    Setting setting;
    const auto first = setting.set_up();
    std::vector<asio::awaitable<Result<Tokens>>> refreshes;
    for (int i = 0; i < 20; ++i) refreshes.push_back(setting.auth->refresh(first.refresh_token));
    const auto answers = setting.run_together(std::move(refreshes));
    std::set<std::string> successors;
    for (const auto& answer : answers) {
        REQUIRE(answer);
        successors.insert(answer->refresh_token.reveal());
    }
    CHECK(successors.size() == 1);
    CHECK(setting.authenticate(first));
    CHECK(setting.run(setting.auth->refresh(Secret(*successors.begin()))));
}

TEST_CASE("an old token used after ten seconds ends the whole session") {
    Setting setting;
    const auto first = setting.set_up();
    const auto second = setting.refresh(first);
    CHECK(setting.authenticate(*second));
    setting.temp.clock.advance(10s + 1ms);
    CHECK(code_of(setting.refresh(first)) == Code::unauthorized);
    CHECK(code_of(setting.refresh(*second)) == Code::unauthorized);
    CHECK(code_of(setting.authenticate(*second)) == Code::unauthorized);
    CHECK(code_of(setting.authenticate(first)) == Code::unauthorized);
}

TEST_CASE("an old token used after its successor was used ends the whole session at once") {
    Setting setting;
    const auto first = setting.set_up();
    const auto second = setting.refresh(first);
    const auto third = setting.refresh(*second);
    REQUIRE(third);
    CHECK(code_of(setting.refresh(first)) == Code::unauthorized);
    CHECK(code_of(setting.refresh(*third)) == Code::unauthorized);
    CHECK(code_of(setting.authenticate(*third)) == Code::unauthorized);
}

TEST_CASE("the reuse of a token ends its own session only") {
    Setting setting;
    const auto first = setting.set_up();
    const auto elsewhere = *setting.login(password);
    static_cast<void>(setting.refresh(first));
    setting.temp.clock.advance(1min);
    CHECK_FALSE(setting.refresh(first));
    CHECK(setting.authenticate(elsewhere));
    CHECK(setting.refresh(elsewhere));
}

TEST_CASE("a refresh token lives seven days, sliding, and its session thirty days") {
    Setting setting;
    auto tokens = setting.set_up();
    for (int days = 0; days < 28; days += 7) {
        setting.temp.clock.advance(7 * 24h - 1s);
        auto next = setting.refresh(tokens);
        REQUIRE(next);
        tokens = std::move(*next);
    }
    setting.temp.clock.advance(2 * 24h + 5s); // thirty days and a second since the sign-in
    CHECK(code_of(setting.refresh(tokens)) == Code::unauthorized);

    Setting other;
    const auto unused = other.set_up();
    other.temp.clock.advance(7 * 24h + 1s);
    CHECK(code_of(other.refresh(unused)) == Code::unauthorized);
}

TEST_CASE("signing out ends access and refresh token at once, of this session only") {
    Setting setting;
    const auto tokens = setting.set_up();
    const auto elsewhere = *setting.login(password);
    const auto principal = setting.authenticate(tokens);
    REQUIRE(principal);
    setting.run(setting.auth->logout(*principal));
    CHECK(code_of(setting.authenticate(tokens)) == Code::unauthorized);
    CHECK(code_of(setting.refresh(tokens)) == Code::unauthorized);
    CHECK(setting.authenticate(elsewhere));
    setting.run(setting.auth->logout(elsewhere.refresh_token));
    CHECK(code_of(setting.authenticate(elsewhere)) == Code::unauthorized);
    setting.run(setting.auth->logout(Secret("unknown")));
}

TEST_CASE("requests that are being checked while somebody signs out do not keep the session alive") {
    Setting setting;
    const auto tokens = setting.set_up();
    std::vector<asio::awaitable<Result<Principal>>> requests;
    const auto principal = *setting.authenticate(tokens);
    setting.temp.clock.advance(6s); // nothing is kept any more
    bool is_signed_out = false;
    asio::co_spawn(setting.loop, setting.auth->logout(principal),
                   [&is_signed_out](std::exception_ptr) { is_signed_out = true; });
    for (int i = 0; i < 20; ++i) requests.push_back(setting.auth->authenticate(tokens.access_token.reveal()));
    static_cast<void>(setting.run_together(std::move(requests)));
    setting.loop.restart();
    while (!is_signed_out) setting.loop.run_one(); // the requests may have been answered first
    CHECK(code_of(setting.authenticate(tokens)) == Code::unauthorized);
}

TEST_CASE("a session revoked by another process is seen after five seconds at the latest") {
    Setting setting;
    const auto tokens = setting.set_up();
    const auto principal = *setting.authenticate(tokens);
    setting.temp.write([&](soci::session& session) {
        database::revoke_session(session, principal.session_id, setting.temp.clock.now());
    });
    setting.temp.clock.advance(5s);
    CHECK(code_of(setting.authenticate(tokens)) == Code::unauthorized);
}

TEST_CASE("a changed user has to refresh, and the new token carries the new role") {
    Setting setting;
    const auto tokens = setting.set_up();
    CHECK(setting.authenticate(tokens)->is_admin());
    setting.temp.write([](soci::session& session) {
        session << "UPDATE users SET role = 'user', updated_at = updated_at + 1";
    });
    setting.temp.clock.advance(5s);
    CHECK(code_of(setting.authenticate(tokens)) == Code::unauthorized);
    const auto next = setting.refresh(tokens);
    REQUIRE(next);
    CHECK_FALSE(setting.authenticate(*next)->is_admin());
}

TEST_CASE("a kept session is checked without suspending") {
    Setting setting;
    const auto tokens = setting.set_up();
    CHECK(setting.authenticate(tokens));
    setting.temp.pool.stop(); // nothing runs there any more
    CHECK(setting.authenticate(tokens));
    CHECK(setting.run(setting.auth->authenticate(tokens.access_token.reveal())));
}

TEST_CASE("a token that was checked before still ends with its time, and a changed one is checked anew") {
    ManualClock clock;
    const crypto::AccessTokens tokens(Secret(std::string(32, 'k')), "i");
    VerifiedTokens verified(tokens);
    const auto token = tokens.sign({1, "s", 1, "j", clock.now(), clock.now() + 1h});
    CHECK(verified.verify(token, clock.now())->session_id == "s");
    CHECK(verified.verify(token, clock.now())->session_id == "s");
    CHECK(verified.size() == 1);
    auto changed = token;
    changed.back() = changed.back() == 'A' ? 'B' : 'A';
    CHECK_FALSE(verified.verify(changed, clock.now()));
    CHECK_FALSE(verified.verify(token, clock.now() - 61s));
    clock.advance(1h);
    CHECK_FALSE(verified.verify(token, clock.now()));
    CHECK(verified.size() == 1);
    for (int i = 0; i < 2'100; ++i)
        CHECK(verified.verify(tokens.sign({1, "s", 1, std::to_string(i), clock.now(), clock.now() + 1h}),
                              clock.now()));
    CHECK(verified.size() <= 2'000);
}

TEST_CASE("me answers the user") {
    Setting setting;
    const auto tokens = setting.set_up();
    const auto principal = *setting.authenticate(tokens);
    CHECK(setting.run(setting.auth->me(principal))->email == email);
}

TEST_CASE("a key that does not belong to the database stops the start, and the right one starts again") {
    test::TempDatabase temp;
    const crypto::SecretBox right({Secret(std::string(32, 'a'))});
    const crypto::SecretBox wrong({Secret(std::string(32, 'b'))});
    check_keys(*temp.database, right);
    CHECK_THROWS_WITH_AS(check_keys(*temp.database, wrong), doctest::Contains("does not belong"),
                         std::runtime_error);
    CHECK_NOTHROW(check_keys(*temp.database, right));
    CHECK_NOTHROW(check_keys(
        *temp.database, crypto::SecretBox({Secret(std::string(32, 'a')), Secret(std::string(32, 'b'))})));
}
