#pragma once
// The few types that wire structs are described with, beyond the standard ones: what JSON can say and C++
// cannot. Plain values, any thread.
//
//   T                 must be there, must not be null
//   std::optional<T>  in answers: always there, null when empty; in requests: may be left out or null, both
//   mean "none" Maybe<T>          may be left out, must not be null Patch<T>          left out (keep), null
//   (clear) or a value (set): the three meanings of a field of PATCH Text<N>           text of at most N
//   bytes RawJson<T>        JSON text that was stored as such; T only says its shape, for the schema

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace panel::api::json {

template <class T> class Maybe {
  public:
    using value_type = T;
    Maybe() = default;
    Maybe(T value) : value_(std::move(value)) {}
    [[nodiscard]] bool has_value() const { return value_.has_value(); }
    [[nodiscard]] const T& operator*() const { return *value_; }
    [[nodiscard]] const T* operator->() const { return &*value_; }
    [[nodiscard]] T value_or(T other) const { return value_.value_or(std::move(other)); }
    [[nodiscard]] const std::optional<T>& as_optional() const { return value_; }

  private:
    std::optional<T> value_;
};

template <class T> class Patch {
  public:
    using value_type = T;
    Patch() = default; // left out
    Patch(T value) : present_(true), value_(std::move(value)) {}
    [[nodiscard]] static Patch null() {
        Patch patch;
        patch.present_ = true;
        return patch;
    }
    [[nodiscard]] bool is_present() const { return present_; }
    [[nodiscard]] bool is_null() const { return present_ && !value_; }
    [[nodiscard]] bool has_value() const { return value_.has_value(); }
    [[nodiscard]] const T& operator*() const { return *value_; }
    // Null and left out are both "none" here: ask is_present() first.
    [[nodiscard]] const std::optional<T>& as_optional() const { return value_; }

  private:
    bool present_ = false;
    std::optional<T> value_;
};

template <std::size_t max_bytes> struct Text : std::string {
    static constexpr std::size_t limit_bytes = max_bytes;
    using std::string::string;
    Text() = default;
    Text(std::string value) : std::string(std::move(value)) {}
};

template <class T> struct RawJson {
    std::string text;
};

// How a wire struct is called in the OpenAPI document; specialise it for a struct of another layer.
template <class T> struct SchemaName {
    static constexpr std::string_view value = T::schema_name;
};

} // namespace panel::api::json
