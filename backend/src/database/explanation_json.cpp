#include "database/explanation_json.hpp"

#include <boost/json.hpp>

namespace panel::database {
namespace {

std::string text_at(const boost::json::object& object, const char* key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

} // namespace

std::string explanation_to_json(const Explanation& explanation) {
    boost::json::object object{
        {"reason", explanation.reason},     {"sentence", explanation.sentence},
        {"visitors", explanation.visitors}, {"next_step", explanation.next_step},
        {"log_text", explanation.log_text},
    };
    if (explanation.log_line) object["log_line"] = *explanation.log_line;
    return boost::json::serialize(object);
}

std::optional<Explanation> explanation_from_json(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto parsed = boost::json::parse(text);
    const auto& object = parsed.as_object();
    Explanation explanation;
    explanation.reason = text_at(object, "reason");
    explanation.sentence = text_at(object, "sentence");
    explanation.visitors = text_at(object, "visitors");
    explanation.next_step = text_at(object, "next_step");
    explanation.log_text = text_at(object, "log_text");
    if (const auto* line = object.if_contains("log_line"))
        explanation.log_line = line->to_number<std::int64_t>();
    return explanation;
}

} // namespace panel::database
