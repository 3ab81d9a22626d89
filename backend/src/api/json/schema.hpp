#pragma once
// JSON Schema (2020-12, as OpenAPI 3.1 uses it) of wire types, from the same descriptions that the writer and
// the reader use. Structs become named components. Built once at start and by `vps-panel openapi`; speed does
// not matter here. Pure, one thread.

#include "api/json/enum_values.hpp"
#include "api/json/page_json.hpp"
#include "api/json/traits.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace panel::api::json {

template <class T> inline constexpr bool is_page = false;
template <class T> inline constexpr bool is_page<wire::Page<T>> = true;

// Answers list every field as required; requests only those that must be sent, and allow no others.
enum class Direction { answer, request };

[[nodiscard]] boost::json::object nullable(boost::json::object schema);
[[nodiscard]] boost::json::object reference(std::string_view name);

class SchemaBuilder {
  public:
    template <class T> [[nodiscard]] boost::json::object schema(Direction direction);
    [[nodiscard]] boost::json::object take_components() { return std::move(components_); }

  private:
    template <Described T> [[nodiscard]] boost::json::object object_schema(Direction direction);
    template <class T> [[nodiscard]] boost::json::object page_schema();
    template <class E> [[nodiscard]] static boost::json::object enum_schema();

    boost::json::object components_;
};

template <class E> boost::json::object SchemaBuilder::enum_schema() {
    boost::json::array values;
    for (const auto value : EnumValues<E>::values) values.emplace_back(enum_name(value));
    return {{"type", "string"}, {"enum", std::move(values)}};
}

template <Described T> boost::json::object SchemaBuilder::object_schema(Direction direction) {
    boost::json::object properties;
    boost::json::array required;
    boost::mp11::mp_for_each<Members<T>>([&](auto descriptor) {
        using Descriptor = decltype(descriptor);
        using Member = MemberType<Descriptor, T>;
        properties[Descriptor::name] = schema<Member>(direction);
        constexpr bool may_be_left_out = is_maybe<Member> || is_patch<Member>;
        const bool optional_input = is_optional<Member> && direction == Direction::request;
        if (!may_be_left_out && !optional_input) required.emplace_back(Descriptor::name);
    });
    boost::json::object out{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) out["required"] = std::move(required);
    if (direction == Direction::request) out["additionalProperties"] = false;
    return out;
}

template <class T> boost::json::object SchemaBuilder::page_schema() {
    const auto name = std::string(SchemaName<typename T::Item>::value) + "List";
    if (!components_.contains(name)) {
        boost::json::object properties{
            {"items", schema<std::vector<typename T::Item>>(Direction::answer)},
            {"next_cursor", boost::json::object{{"type", boost::json::array{"string", "null"}}}}};
        components_[name] = boost::json::object{{"type", "object"},
                                                {"properties", std::move(properties)},
                                                {"required", boost::json::array{"items", "next_cursor"}}};
    }
    return reference(name);
}

template <class T> boost::json::object SchemaBuilder::schema(Direction direction) {
    if constexpr (std::is_same_v<T, bool>) {
        return {{"type", "boolean"}};
    } else if constexpr (std::is_floating_point_v<T>) {
        return {{"type", "number"}};
    } else if constexpr (std::is_integral_v<T>) {
        return {{"type", "integer"}, {"format", sizeof(T) == 8 ? "int64" : "int32"}};
    } else if constexpr (std::is_same_v<T, Timestamp>) {
        return {{"type", "string"}, {"format", "date-time"}};
    } else if constexpr (std::is_same_v<T, Secret>) {
        return {{"type", "string"}, {"writeOnly", true}};
    } else if constexpr (std::is_base_of_v<std::string, T>) {
        boost::json::object out{{"type", "string"}};
        if (text_limit<T> != 0) out["maxLength"] = text_limit<T>;
        return out;
    } else if constexpr (std::is_enum_v<T>) {
        return enum_schema<T>();
    } else if constexpr (is_optional<T> || is_patch<T>) {
        return nullable(schema<typename T::value_type>(direction));
    } else if constexpr (is_maybe<T>) {
        return schema<typename T::value_type>(direction);
    } else if constexpr (is_vector<T>) {
        return {{"type", "array"}, {"items", schema<typename T::value_type>(direction)}};
    } else if constexpr (is_string_map<T>) {
        return {{"type", "object"}, {"additionalProperties", schema<typename T::mapped_type>(direction)}};
    } else if constexpr (is_page<T>) {
        return page_schema<T>();
    } else if constexpr (is_raw<T>) {
        return []<class Shape>(SchemaBuilder& self, RawJson<Shape>*) {
            return self.schema<Shape>(Direction::answer);
        }(*this, static_cast<T*>(nullptr));
    } else {
        const std::string name(SchemaName<T>::value);
        if (!components_.contains(name)) {
            components_[name] = nullptr; // a place in the order, and an end to recursion
            components_[name] = object_schema<T>(direction);
        }
        return reference(name);
    }
}

} // namespace panel::api::json
