#pragma once
// Reads fields of the engine's JSON answers; what is missing or of another kind reads as empty, 0, false or
// nullptr. Pure.

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace panel::docker {

[[nodiscard]] std::string text_at(const boost::json::object& object, std::string_view key);
[[nodiscard]] std::int64_t number_at(const boost::json::object& object, std::string_view key);
[[nodiscard]] bool flag_at(const boost::json::object& object, std::string_view key);
[[nodiscard]] const boost::json::object* object_at(const boost::json::object& object, std::string_view key);
// A flat object of texts, such as labels.
[[nodiscard]] std::map<std::string, std::string> texts_at(const boost::json::object& object,
                                                          std::string_view key);

} // namespace panel::docker
