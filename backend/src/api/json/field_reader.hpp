#pragma once
// Reads a request body into a described struct, with an error for every wrong field in one pass: unknown,
// missing, of the wrong type, too long. Whether a field must be there is said by its type (field_types.hpp).
// Pure, any thread. Errors of read_body: bad_request (not JSON at all), too_large, invalid (fields; the first
// one is also the message).

#include "api/json/enum_values.hpp"
#include "api/json/json_document.hpp"
#include "api/json/traits.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace panel::api::json {

inline constexpr std::size_t max_text_bytes = 64 * 1024; // of a string without a limit of its own
inline constexpr std::size_t max_list_items = 1000;

// Collects what is wrong; paths read "environment.2.key".
class FieldReader {
  public:
    // `root`: how the body as a whole is called in paths, "" for an object of fields.
    explicit FieldReader(std::string_view root = {}) : path_(root) {}
    template <class T> void read(const boost::json::value& value, T& out);
    [[nodiscard]] bool has_errors() const { return !errors_.empty(); }
    [[nodiscard]] Error take_error();

  private:
    template <Described T> void read_object(const boost::json::value& value, T& out);
    template <class T> void read_member(const boost::json::object& object, std::string_view name, T& out);
    template <class T> void read_list(const boost::json::value& value, std::vector<T>& out);
    template <class T> void read_integer(const boost::json::value& value, T& out);
    void read_text(const boost::json::value& value, std::size_t limit_bytes, std::string& out);
    void refuse(std::string message);
    void refuse_unknown(const boost::json::object& object, const std::vector<std::string_view>& known);
    std::size_t enter(std::string_view name); // appends to the path; leave() takes the result
    std::size_t enter(std::size_t index);
    void leave(std::size_t length) { path_.resize(length); }

    std::string path_;
    std::vector<FieldError> errors_;
};

template <class E> [[nodiscard]] std::string enum_choices() {
    std::string text;
    for (const auto value : EnumValues<E>::values)
        text += (text.empty() ? "" : ", ") + std::string(enum_name(value));
    return text;
}

template <class T> void FieldReader::read_integer(const boost::json::value& value, T& out) {
    if (value.is_int64() && value.get_int64() >= std::numeric_limits<T>::min() &&
        value.get_int64() <= std::numeric_limits<T>::max()) {
        out = static_cast<T>(value.get_int64());
    } else if (value.is_number() && !value.is_double()) {
        refuse("is out of range.");
    } else {
        refuse("must be a whole number.");
    }
}

template <class T> void FieldReader::read_list(const boost::json::value& value, std::vector<T>& out) {
    if (!value.is_array()) return refuse("must be a list.");
    const auto& items = value.get_array();
    if (items.size() > max_list_items) return refuse("has more than 1000 items.");
    out.resize(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto length = enter(i);
        read(items[i], out[i]);
        leave(length);
    }
}

template <class T>
void FieldReader::read_member(const boost::json::object& object, std::string_view name, T& out) {
    const auto length = enter(name);
    const auto* value = object.if_contains(name);
    constexpr bool may_be_left_out = is_optional<T> || is_maybe<T> || is_patch<T>;
    if (!value) {
        if constexpr (!may_be_left_out) refuse("is required.");
    } else {
        read(*value, out);
    }
    leave(length);
}

template <Described T> void FieldReader::read_object(const boost::json::value& value, T& out) {
    if (!value.is_object()) return refuse("must be an object.");
    const auto& object = value.get_object();
    std::vector<std::string_view> known;
    boost::mp11::mp_for_each<Members<T>>([&](auto descriptor) {
        using Descriptor = decltype(descriptor);
        known.emplace_back(Descriptor::name);
        read_member(object, Descriptor::name, out.*Descriptor::pointer);
    });
    refuse_unknown(object, known);
}

template <class T> void FieldReader::read(const boost::json::value& value, T& out) {
    if constexpr (is_optional<T>) {
        if (!value.is_null()) read(value, out.emplace());
    } else if constexpr (is_patch<T>) {
        typename T::value_type inner{};
        if (value.is_null()) {
            out = T::null();
        } else {
            read(value, inner);
            out = T(std::move(inner));
        }
    } else if constexpr (is_maybe<T>) {
        typename T::value_type inner{};
        read(value, inner);
        out = T(std::move(inner));
    } else if (value.is_null()) {
        refuse("must not be null.");
    } else if constexpr (std::is_same_v<T, bool>) {
        value.is_bool() ? void(out = value.get_bool()) : refuse("must be true or false.");
    } else if constexpr (std::is_integral_v<T>) {
        read_integer(value, out);
    } else if constexpr (std::is_floating_point_v<T>) {
        value.is_number() ? void(out = value.to_number<T>()) : refuse("must be a number.");
    } else if constexpr (std::is_enum_v<T>) {
        std::string text;
        const auto before = errors_.size();
        read_text(value, max_text_bytes, text);
        if (errors_.size() != before) return;
        const auto parsed = parse_enum<T>(text);
        parsed ? void(out = *parsed) : refuse("must be one of " + enum_choices<T>() + ".");
    } else if constexpr (std::is_same_v<T, Secret>) {
        std::string text;
        read_text(value, max_text_bytes, text);
        out = Secret(std::move(text));
    } else if constexpr (std::is_base_of_v<std::string, T>) {
        read_text(value, text_limit<T> ? text_limit<T> : max_text_bytes, out);
    } else if constexpr (is_vector<T>) {
        read_list(value, out);
    } else {
        static_assert(Described<T>, "describe this struct: BOOST_DESCRIBE_STRUCT");
        read_object(value, out);
    }
}

template <class T> [[nodiscard]] Result<T> read_body(std::string_view text, std::string_view root = {}) {
    auto document = parse_document(text);
    if (!document) return std::unexpected(std::move(document.error()));
    T out{};
    FieldReader reader(root);
    reader.read(*document, out);
    if (reader.has_errors()) return std::unexpected(reader.take_error());
    return out;
}

} // namespace panel::api::json
