#pragma once
// What kind of wire value a type is: shared by the writer, the reader and the schema, so that the three
// cannot disagree.

#include "api/json/field_types.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace panel::api::json {

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;
template <class T> inline constexpr bool is_maybe = false;
template <class T> inline constexpr bool is_maybe<Maybe<T>> = true;
template <class T> inline constexpr bool is_patch = false;
template <class T> inline constexpr bool is_patch<Patch<T>> = true;
template <class T> inline constexpr bool is_vector = false;
template <class T> inline constexpr bool is_vector<std::vector<T>> = true;
template <class T> inline constexpr bool is_raw = false;
template <class T> inline constexpr bool is_raw<RawJson<T>> = true;
template <class T> inline constexpr bool is_string_map = false;
template <class T> inline constexpr bool is_string_map<std::map<std::string, T>> = true;
template <class T> inline constexpr std::size_t text_limit = 0; // 0: none of its own
template <std::size_t limit> inline constexpr std::size_t text_limit<Text<limit>> = limit;

template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !std::derived_from<T, std::string>;

// Public members, those of base structs first.
template <Described T>
using Members =
    boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <class Descriptor, class T>
using MemberType = std::remove_cvref_t<decltype(std::declval<T&>().*Descriptor::pointer)>;

} // namespace panel::api::json
