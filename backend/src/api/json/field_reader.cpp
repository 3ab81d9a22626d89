#include "api/json/field_reader.hpp"

#include "base/utf8.hpp"

namespace panel::api::json {

namespace {

constexpr std::size_t max_errors = 50; // a body of a thousand wrong items is not worth a thousand sentences
constexpr std::size_t max_shown_name_bytes = 64; // of an unknown field

} // namespace

void FieldReader::read_text(const boost::json::value& value, std::size_t limit_bytes, std::string& out) {
    if (!value.is_string()) return refuse("must be text.");
    const auto& text = value.get_string();
    if (text.size() > limit_bytes) return refuse("is longer than " + std::to_string(limit_bytes) + " bytes.");
    if (text.find('\0') != boost::json::string::npos) return refuse("must not hold a NUL character.");
    out.assign(text.data(), text.size());
}

void FieldReader::refuse(std::string message) {
    if (errors_.size() < max_errors) errors_.push_back({path_.empty() ? "body" : path_, std::move(message)});
}

void FieldReader::refuse_unknown(const boost::json::object& object,
                                 const std::vector<std::string_view>& known) {
    for (const auto& member : object) {
        const std::string_view name = member.key();
        if (std::ranges::find(known, name) != known.end()) continue;
        const auto length = enter(utf8_prefix(name, max_shown_name_bytes));
        refuse("is not a known field.");
        leave(length);
    }
}

std::size_t FieldReader::enter(std::string_view name) {
    const auto length = path_.size();
    if (!path_.empty()) path_ += '.';
    path_ += name;
    return length;
}

std::size_t FieldReader::enter(std::size_t index) {
    const auto length = path_.size();
    if (!path_.empty()) path_ += '.';
    path_ += std::to_string(index);
    return length;
}

Error FieldReader::take_error() {
    return Error{Code::invalid, errors_.front().field + ": " + errors_.front().message, std::move(errors_)};
}

} // namespace panel::api::json
