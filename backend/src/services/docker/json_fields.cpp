#include "services/docker/json_fields.hpp"

#include <limits>

namespace panel::docker {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::int64_t number_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr) return 0;
    if (const auto* number = value->if_int64()) return *number;
    constexpr auto largest =
        std::numeric_limits<std::int64_t>::max(); // what does not fit stands for "no limit"
    if (value->is_uint64()) return largest;
    if (const auto* number = value->if_double()) {
        if (*number >= static_cast<double>(largest)) return largest;
        return *number <= 0 ? 0 : static_cast<std::int64_t>(*number);
    }
    return 0;
}

bool flag_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_bool() && value->get_bool();
}

const json::object* object_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value == nullptr ? nullptr : value->if_object();
}

std::map<std::string, std::string> texts_at(const json::object& object, std::string_view key) {
    std::map<std::string, std::string> texts;
    if (const auto* fields = object_at(object, key)) {
        for (const auto& field : *fields) {
            if (const auto* text = field.value().if_string()) texts.emplace(field.key(), text->c_str());
        }
    }
    return texts;
}

} // namespace panel::docker
