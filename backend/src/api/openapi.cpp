#include "api/openapi.hpp"

#include "api/json/problem_json.hpp"
#include "api/json/schema.hpp"
#include "api/router.hpp"
#include "api/routes.hpp"
#include "models/text_rules.hpp"

#include <boost/json/serialize.hpp>

#include <string>

namespace panel::api {

namespace {

using boost::json::array;
using boost::json::object;

// The noun of the path: "/projects/{project_id}/domains" belongs to "projects".
std::string tag_of(const Route& route) {
    const auto rest = route.pattern.substr(1);
    const std::string first(rest.substr(0, rest.find('/')));
    return route.placement == Placement::also_at_root ? "monitoring" : first;
}

object path_parameter(std::string_view name) {
    object schema = name.ends_with("_id") ? object{{"type", "integer"}, {"format", "int64"}, {"minimum", 1}}
                                          : object{{"type", "string"}};
    if (name == "provider") schema["enum"] = array{"github", "gitlab", "gitea", "bitbucket"};
    return {{"name", name}, {"in", "path"}, {"required", true}, {"schema", std::move(schema)}};
}

object query_parameter(std::string_view name) {
    object schema{{"type", "integer"}, {"minimum", name == "offset" ? 0 : 1}};
    if (name == "limit") schema["maximum"] = 100;
    if (name == "cursor") schema = {{"type", "string"}};
    return {{"name", name}, {"in", "query"}, {"required", false}, {"schema", std::move(schema)}};
}

array parameters_of(const Route& route) {
    array out;
    for (std::string_view rest = route.pattern; rest.contains('{');) {
        rest.remove_prefix(rest.find('{') + 1);
        out.emplace_back(path_parameter(rest.substr(0, rest.find('}'))));
    }
    for (const auto name : route.query_names()) out.emplace_back(query_parameter(name));
    return out;
}

object content(std::string_view type, object schema) {
    return {{type, object{{"schema", std::move(schema)}}}};
}

object answer_of(const Route& route, EndpointSchema& schema) {
    object out{{"description", route.summary}};
    if (!schema.answer_type.empty()) out["content"] = content(schema.answer_type, std::move(schema.answer));
    return out;
}

array security_of(const Route& route) {
    if (route.access == Access::anonymous || route.access == Access::webhook) return {};
    array out{object{{"bearer", array{}}}};
    if (route.method == Method::get) out.emplace_back(object{{"cookie", array{}}});
    return out;
}

// "list_projects" style names for generated clients, from method and path: get_projects,
// post_projects_project_id_deployments.
std::string operation_id(const Route& route) {
    std::string out = to_lower(to_string(route.method));
    for (const char c : route.pattern) {
        if (c == '/' || c == '.')
            out += '_';
        else if (c != '{' && c != '}')
            out += c;
    }
    return out;
}

object operation_of(const Route& route, json::SchemaBuilder& builder) {
    auto schema = route.endpoint.describe(builder);
    object out{
        {"operationId", operation_id(route)}, {"summary", route.summary}, {"tags", array{tag_of(route)}}};
    if (auto parameters = parameters_of(route); !parameters.empty())
        out["parameters"] = std::move(parameters);
    if (!schema.request.empty())
        out["requestBody"] =
            object{{"required", true}, {"content", content("application/json", std::move(schema.request))}};
    object answers{{std::to_string(route.success), answer_of(route, schema)}};
    if (route.access == Access::webhook) answers["200"] = object{{"description", "Ignored, with the reason"}};
    answers["default"] = object{{"$ref", "#/components/responses/Problem"}};
    out["responses"] = std::move(answers);
    out["security"] = security_of(route);
    return out;
}

object security_schemes() {
    return {
        {"bearer", object{{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}},
        {"cookie", object{{"type", "apiKey"},
                          {"in", "cookie"},
                          {"name", "__Host-panel_access"},
                          {"description", "For reads and the WebSocket only; panel_access on plain http."}}}};
}

} // namespace

std::string openapi_document() {
    json::SchemaBuilder builder;
    object paths;
    for (const auto& route : routes()) {
        auto& path = paths[route.pattern];
        if (path.is_null()) path = object{};
        path.as_object()[to_lower(to_string(route.method))] = operation_of(route, builder);
    }
    auto problem = builder.schema<wire::Problem>(json::Direction::answer);
    object responses{
        {"Problem", object{{"description", "An error, as an RFC 9457 problem document"},
                           {"content", content("application/problem+json", std::move(problem))}}}};
    object components{{"schemas", builder.take_components()},
                      {"responses", std::move(responses)},
                      {"securitySchemes", security_schemes()}};
    const object document{{"openapi", "3.1.0"},
                          {"info", object{{"title", "VPS Panel"}, {"version", PANEL_VERSION}}},
                          {"servers", array{object{{"url", base_path}}}},
                          {"paths", std::move(paths)},
                          {"components", std::move(components)}};
    return boost::json::serialize(document);
}

} // namespace panel::api
