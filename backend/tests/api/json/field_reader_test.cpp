#include "api/json/field_reader.hpp"

#include "api/json/environment_json.hpp"
#include "api/json/plan_json.hpp"
#include "api/json/project_json.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::api;

namespace {

std::string complaints(const Error& error) {
    std::string out;
    for (const auto& field : error.fields) out += field.field + " " + field.message + "\n";
    return out;
}

} // namespace

TEST_CASE("a good body fills the struct, and what is left out stays empty") {
    const auto input = json::read_body<wire::ProjectInput>(
        R"({"name":"atlas","git_url":"https://git.example.com/a.git","port":3000,"build_command":null,
            "environment":[{"key":"A","value":"1","scope":"build"}]})");
    REQUIRE(input);
    CHECK(input->name == "atlas");
    CHECK(input->port == 3000);
    CHECK(!input->build_command);
    CHECK(!input->auto_deploy);
    REQUIRE(input->environment->size() == 1);
    CHECK(input->environment->front().value->reveal() == "1");
    CHECK(input->environment->front().scope == EnvironmentScope::build);
}

TEST_CASE("every wrong field of a body is named in one answer") {
    const auto input = json::read_body<wire::ProjectInput>(
        R"({"name":7,"port":"x","auto_deploy":"yes","role":"admin","environment":[{"value":1},{"key":null,"scope":"some"}]})");
    REQUIRE(!input);
    CHECK(input.error().code == Code::invalid);
    CHECK(input.error().message == "name: must be text.");
    CHECK(complaints(input.error()) == "name must be text.\n"
                                       "git_url is required.\n"
                                       "port must be a whole number.\n"
                                       "auto_deploy must be true or false.\n"
                                       "environment.0.key is required.\n"
                                       "environment.0.value must be text.\n"
                                       "environment.1.key must not be null.\n"
                                       "environment.1.scope must be one of build, runtime, all.\n"
                                       "role is not a known field.\n");
}

TEST_CASE("a patch tells a field that is left out from one that is null") {
    const auto patch = json::read_body<wire::ProjectPatch>(R"({"port":null,"framework":"astro"})");
    REQUIRE(patch);
    CHECK(patch->port.is_null());
    CHECK(patch->framework.has_value());
    CHECK(!patch->build_command.is_present());
    CHECK(!patch->name.has_value());
    CHECK(complaints(json::read_body<wire::ProjectPatch>(R"({"name":null})").error()) ==
          "name must not be null.\n");
}

TEST_CASE("texts are limited in bytes and hold no NUL") {
    const auto input = json::read_body<wire::DetectInput>("{\"git_url\":\"" + std::string(3000, 'a') +
                                                          R"(","git_branch":"a\u0000b"})");
    REQUIRE(!input);
    CHECK(complaints(input.error()) ==
          "git_url is longer than 2048 bytes.\ngit_branch must not hold a NUL character.\n");
}

TEST_CASE("numbers outside their type are refused, not wrapped") {
    for (const auto* port :
         {"9223372036854775808", "-9223372036854775809", "4294967297", "3000.0", "1e400", "-1e400"}) {
        CAPTURE(port);
        CHECK(!json::read_body<wire::ProjectPatch>(std::string("{\"port\":") + port + "}"));
    }
}

TEST_CASE("what parsers could read differently is refused before a field is looked at") {
    std::string deep(10'000, '[');
    for (const std::string& body :
         {std::string(R"({"name":"a","name":"b"})"), std::string(R"({"a":{"x":1,"y":2,"x":3}})"),
          std::string("\xef\xbb\xbf{}"), std::string("{} x"), std::string("{}{}"),
          std::string(R"({"name":"\ud800"})"), std::string(R"({"name":"\udc00\ud800"})"),
          std::string("{\"name\":\"\xff\"}"), std::string("{\"name\":\"\xed\xa0\x80\"}"),
          std::string("{\"a\":1,}"), std::string("{'a':1}"), std::string("{\"a\":NaN}"), std::string("\0", 1),
          std::string(""), std::string("{"), deep, std::string("{\"a\":\"\n\"}")}) {
        CAPTURE(body.substr(0, 40));
        const auto document = json::parse_document(body);
        REQUIRE(!document);
        CHECK(document.error().code == Code::bad_request);
    }
    CHECK(json::parse_document(std::string(json::max_body_bytes + 1, ' ')).error().code == Code::too_large);
    CHECK(json::parse_document(R"({"a":{"x":1},"b":{"x":1}})")); // the same key in two objects
}

TEST_CASE("a body that is no object is refused as a whole") {
    CHECK(complaints(json::read_body<wire::ProjectPatch>("[]").error()) == "body must be an object.\n");
    CHECK(complaints(json::read_body<wire::ProjectPatch>("null").error()) == "body must not be null.\n");
    CHECK(complaints(
              json::read_body<std::vector<wire::EnvironmentVariableInput>>("[{}]", "environment").error()) ==
          "environment.0.key is required.\n");
}
