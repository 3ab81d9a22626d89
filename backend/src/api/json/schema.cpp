#include "api/json/schema.hpp"

namespace panel::api::json {

boost::json::object nullable(boost::json::object schema) {
    if (auto* type = schema.if_contains("type"); type && type->is_string() && !schema.contains("enum")) {
        schema["type"] = boost::json::array{*type, "null"};
        return schema;
    }
    boost::json::array either;
    either.emplace_back(std::move(schema));
    either.emplace_back(boost::json::object{{"type", "null"}});
    return {{"anyOf", std::move(either)}};
}

boost::json::object reference(std::string_view name) {
    return {{"$ref", "#/components/schemas/" + std::string(name)}};
}

} // namespace panel::api::json
