#include "services/framework/plan.hpp"
#include "services/framework/text.hpp"

#include <boost/describe/members.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/mp11/algorithm.hpp>

namespace panel::framework {
namespace {

namespace json = boost::json;

json::value to_json(const std::string& text) { return json::string(to_valid_utf8(text)); }
json::value to_json(bool value) { return value; }
json::value to_json(int value) { return value; }
template <class T> json::value to_json(const std::optional<T>& value) {
    return value ? to_json(*value) : json::value(nullptr);
}
template <class T> json::value to_json(const std::vector<T>& values);

template <class T>
    requires boost::describe::has_describe_members<T>::value
json::value to_json(const T& record) {
    json::object object;
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) { object[member.name] = to_json(record.*member.pointer); });
    return object;
}

template <class T> json::value to_json(const std::vector<T>& values) {
    json::array array;
    for (const T& value : values) array.push_back(to_json(value));
    return array;
}

// Two levels of indentation are enough: the plan holds lists of strings and of flat records.
std::string pretty(const json::value& value, const std::string& indent) {
    const auto* array = value.if_array();
    if (array == nullptr || array->empty()) return json::serialize(value);
    std::string out = "[";
    for (const auto& item : *array)
        out += (out.size() > 1 ? "," : "") + ("\n" + indent + "  ") + json::serialize(item);
    return out + "\n" + indent + "]";
}

} // namespace

std::string plan_json(const Plan& plan) {
    const json::value value = to_json(plan);
    std::string out = "{";
    for (const auto& [key, member] : value.get_object())
        out += (out.size() > 1 ? "," : "") + std::string("\n  ") + json::serialize(json::string(key)) + ": " +
               pretty(member, "  ");
    return out + "\n}\n";
}

} // namespace panel::framework
