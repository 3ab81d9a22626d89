#include "api/openapi.hpp"

#include "api/routes.hpp"
#include "models/text_rules.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace panel;
using namespace panel::api;
using boost::json::object;

namespace {

const object& document() {
    static const auto value = boost::json::parse(openapi_document());
    return value.as_object();
}

const object& schema(const char* name) {
    return document().at("components").at("schemas").at(name).as_object();
}

// Every "$ref" of the document.
void collect(const boost::json::value& value, std::set<std::string>& references) {
    if (value.is_array())
        for (const auto& item : value.get_array()) collect(item, references);
    if (value.is_object())
        for (const auto& [name, member] : value.get_object()) {
            if (name == "$ref") references.insert(std::string(member.as_string()));
            collect(member, references);
        }
}

} // namespace

TEST_CASE("the OpenAPI document lists exactly the routes of the table") {
    std::set<std::string> listed;
    for (const auto& [path, methods] : document().at("paths").as_object())
        for (const auto& [method, operation] : methods.as_object())
            listed.insert(std::string(method) + " " + std::string(path));
    std::set<std::string> expected;
    for (const auto& route : routes())
        expected.insert(to_lower(to_string(route.method)) + " " + std::string(route.pattern));
    CHECK(listed == expected);
    CHECK(document().at("openapi") == "3.1.0");
}

TEST_CASE("every reference of the OpenAPI document has its target, and operation ids are unique") {
    std::set<std::string> references;
    collect(document(), references);
    CHECK(references.size() > 20);
    for (const auto& reference : references) {
        CAPTURE(reference);
        boost::json::error_code failure;
        REQUIRE(reference.starts_with("#"));
        const boost::json::value whole(document());
        CHECK(whole.find_pointer(reference.substr(1), failure) != nullptr);
    }
    std::set<std::string> ids;
    for (const auto& [path, methods] : document().at("paths").as_object())
        for (const auto& [method, operation] : methods.as_object())
            CHECK(ids.insert(std::string(operation.at("operationId").as_string())).second);
}

TEST_CASE("answers say what is always there and what may be null; requests what must be sent") {
    const auto& project = schema("Project");
    CHECK(project.at("required").as_array().size() == project.at("properties").as_object().size());
    CHECK(project.at("properties").at("port").at("type") == boost::json::array{"integer", "null"});
    CHECK(project.at("properties").at("status").at("enum") ==
          boost::json::array{"pending", "active", "failed", "stopped"});
    CHECK(schema("ProjectInput").at("required") == boost::json::array{"name", "git_url"});
    CHECK(schema("ProjectInput").at("additionalProperties") == false);
    CHECK(!schema("ProjectPatch").contains("required"));
    const auto& required = schema("Deployment").at("required").as_array();
    CHECK(std::ranges::find(required, boost::json::value("steps")) == required.end());
    CHECK(schema("Step").at("properties").at("name").at("enum").as_array().size() == 9);
}

TEST_CASE("only open routes need no credentials, and every call can answer a problem") {
    for (const auto& route : routes()) {
        CAPTURE(route.pattern);
        const auto& operation =
            document().at("paths").at(route.pattern).at(to_lower(to_string(route.method))).as_object();
        const bool is_open = route.access == Access::anonymous || route.access == Access::webhook;
        CHECK(operation.at("security").as_array().empty() == is_open);
        CHECK(operation.at("responses").as_object().contains("default"));
    }
    for (const auto* name :
         {"User", "Tokens", "Project", "Deployment", "Step", "Plan", "Evidence", "Explanation",
          "EnvironmentVariable", "Domain", "ServerStatus", "Problem", "Webhook", "Metrics", "Repository"})
        CHECK(document().at("components").at("schemas").as_object().contains(name));
}
