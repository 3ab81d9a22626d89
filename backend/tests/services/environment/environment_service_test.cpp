#include "services/environment/environment_service.hpp"

#include "database/environment_repo.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

using namespace panel;
using namespace panel::environment;
using namespace std::string_literals;

namespace {

struct Setting {
    test::TempDatabase temp;
    crypto::SecretBox box{{Secret(std::string(32, 'k'))}};
    EnvironmentService service{*temp.database, temp.clock, box};
    std::int64_t user_id = temp.add_user("a@example.com", Role::user);
    std::int64_t project = temp.add_project(user_id, "one");
    Principal principal{user_id, Role::user, "s"};

    auto put(std::vector<VariableInput> variables) {
        return test::run(service.put(principal, project, std::move(variables)));
    }
    auto list() { return test::run(service.list(principal, project)); }
    auto build() { return *test::run(service.build_environment(project)); }
    auto runtime() { return *test::run(service.runtime_environment(project)); }
    auto rows() {
        return temp.read(
            [&](soci::session& session) { return database::list_environment(session, project); });
    }
};

VariableInput plain(std::string key, std::string value, EnvironmentScope scope = EnvironmentScope::all) {
    return {std::move(key), Secret(std::move(value)), false, scope};
}
VariableInput secret(std::string key, std::optional<std::string> value) {
    VariableInput input{std::move(key), std::nullopt, true, EnvironmentScope::all};
    if (value) input.value = Secret(std::move(*value));
    return input;
}

} // namespace

TEST_CASE("variables come back by key, and a secret's value does not") {
    Setting setting;
    const auto answer =
        setting.put({plain("PORT_NAME", "web"), secret("DATABASE_URL", "postgres://u:hunter2@db/x")});
    REQUIRE(answer);
    REQUIRE(answer->size() == 2);
    CHECK((*answer)[0].key == "DATABASE_URL");
    CHECK((*answer)[0].value.empty());
    CHECK((*answer)[0].is_secret);
    CHECK((*answer)[1].key == "PORT_NAME");
    CHECK((*answer)[1].value.reveal() == "web");
    CHECK(setting.list()->at(0).value.empty());
    CHECK(setting.runtime() ==
          Variables{{"DATABASE_URL", "postgres://u:hunter2@db/x"}, {"PORT_NAME", "web"}});
}

TEST_CASE("every value is stored encrypted, secret or not") {
    Setting setting;
    CHECK(setting.put({plain("A", "open text"), secret("B", "hidden text")}));
    for (const auto& row : setting.rows()) {
        CHECK(row.ciphertext.starts_with("v1."));
        CHECK_FALSE(row.ciphertext.contains("text"));
    }
}

TEST_CASE("a PUT replaces the whole set, and a secret without a value keeps what is stored") {
    Setting setting;
    CHECK(setting.put({plain("A", "1"), secret("B", "2"), plain("C", "3")}));
    CHECK(setting.put({secret("B", std::nullopt), plain("C", "4"), plain("D", "5")}));
    CHECK(setting.runtime() == Variables{{"B", "2"}, {"C", "4"}, {"D", "5"}});
    CHECK(setting.put({}));
    CHECK(setting.runtime().empty());
}

TEST_CASE("a new secret needs a value, and nothing is written when one is missing") {
    Setting setting;
    CHECK(setting.put({plain("A", "1")}));
    const auto refused = setting.put({plain("A", "2"), secret("B", std::nullopt)});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::invalid);
    CHECK(refused.error().fields.at(0).field == "environment.1.value");
    CHECK(setting.runtime() == Variables{{"A", "1"}});
}

TEST_CASE("a build gets build and all, a container runtime and all") {
    Setting setting;
    CHECK(setting.put({plain("A", "1", EnvironmentScope::build), plain("B", "2", EnvironmentScope::runtime),
                       plain("C", "3")}));
    CHECK(setting.build() == Variables{{"A", "1"}, {"C", "3"}});
    CHECK(setting.runtime() == Variables{{"B", "2"}, {"C", "3"}});
}

TEST_CASE("values are kept byte for byte, whatever they hold") {
    Setting setting;
    const Variables values{{"A", "line\nline\r\n\"$HOME\" \\ # '"},
                           {"B", ""},
                           {"C", "\xf0\x9f\x98\x80"},
                           {"D", std::string(64 * 1024, 'x')}};
    std::vector<VariableInput> inputs;
    for (const auto& [key, value] : values) inputs.push_back(plain(key, value));
    CHECK(setting.put(inputs));
    CHECK(setting.runtime() == values);
}

TEST_CASE("keys and values that cannot be are refused, each with its place") {
    Setting setting;
    for (const auto& key :
         {"A=B"s, "1A"s, "A B"s, ""s, "A-B"s, "A\n"s, "\xc3\x84"s, std::string(256, 'A'), "A\0"s}) {
        const auto refused = setting.put({plain("GOOD", "1"), plain(key, "1")});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().fields.at(0).field == "environment.1.key");
    }
    CHECK(setting.put(
        {plain("LD_PRELOAD", "x"), plain("PATH", "x"), plain("_", "x"), plain(std::string(255, 'A'), "x")}));
    CHECK(setting.put({plain("A", "nul\0"s)}).error().fields.at(0).field == "environment.0.value");
    CHECK(setting.put({plain("A", std::string(64 * 1024 + 1, 'x'))}).error().fields.at(0).field ==
          "environment.0.value");
    CHECK(setting.put({plain("A", "1"), plain("A", "2")}).error().fields.at(0).field == "environment.1.key");
    CHECK(setting.put({{"A", std::nullopt, false, EnvironmentScope::all}}).error().fields.at(0).field ==
          "environment.0.value");
    std::vector<VariableInput> many;
    for (int i = 0; i < 1001; ++i) many.push_back(plain("K" + std::to_string(i), "x"));
    CHECK_FALSE(setting.put(many));
    many.pop_back();
    CHECK(setting.put(many));
}

TEST_CASE("one variable can be removed, an unknown one is not found") {
    Setting setting;
    CHECK(setting.put({plain("A", "1"), plain("B", "2")}));
    CHECK(test::run(setting.service.remove(setting.principal, setting.project, "A")));
    CHECK(setting.runtime() == Variables{{"B", "2"}});
    CHECK(test::run(setting.service.remove(setting.principal, setting.project, "A")).error().code ==
          Code::not_found);
}

TEST_CASE("a foreign project's variables are not found, for reading and for writing") {
    Setting setting;
    CHECK(setting.put({plain("A", "1")}));
    const Principal other{setting.temp.add_user("b@example.com", Role::user), Role::user, "t"};
    CHECK(test::run(setting.service.list(other, setting.project)).error().code == Code::not_found);
    CHECK(test::run(setting.service.put(other, setting.project, {})).error().code == Code::not_found);
    CHECK(test::run(setting.service.remove(other, setting.project, "A")).error().code == Code::not_found);
    CHECK(setting.runtime().size() == 1);
}

TEST_CASE("a value copied from another row or project cannot be read") {
    Setting setting;
    CHECK(setting.put({secret("A", "1"), secret("B", "2")}));
    setting.temp.write([](soci::session& session) {
        session << "UPDATE environments SET value = (SELECT value FROM environments WHERE key = 'A') WHERE "
                   "key = 'B'";
    });
    const auto variables = test::run(setting.service.runtime_environment(setting.project));
    REQUIRE_FALSE(variables);
    CHECK(variables.error().code == Code::internal);
}

TEST_CASE("what a release keeps of its environment opens for that release only") {
    Setting setting;
    const Variables variables{{"B", "two\n"}, {"A", "one"}};
    const auto sealed = setting.service.seal_snapshot(setting.project, 12, variables);
    CHECK_FALSE(sealed.contains("two"));
    CHECK(*setting.service.open_snapshot(setting.project, 12, sealed) == variables);
    CHECK_FALSE(setting.service.open_snapshot(setting.project, 13, sealed));
    CHECK_FALSE(setting.service.open_snapshot(setting.project + 1, 12, sealed));
    CHECK(setting.service
              .open_snapshot(setting.project, 12, setting.service.seal_snapshot(setting.project, 12, {}))
              ->empty());
}
