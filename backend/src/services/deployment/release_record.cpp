#include "services/deployment/release_record.hpp"

#include <boost/json/parse.hpp>

#include <charconv>
#include <string_view>

namespace panel::deployment {

namespace {
constexpr std::string_view files_prefix = "files:";

// Empty when the text is no object.
boost::json::object plan_object(const std::string& text) {
    boost::system::error_code error;
    auto plan = boost::json::parse(text, error);
    return error || !plan.is_object() ? boost::json::object() : std::move(plan.get_object());
}
} // namespace

std::string files_reference(std::int64_t deployment_id) {
    return std::string(files_prefix) + std::to_string(deployment_id);
}

std::int64_t static_files_of(const Release& release) {
    std::string_view text = release.image_id;
    if (!text.starts_with(files_prefix)) return 0;
    text.remove_prefix(files_prefix.size());
    std::int64_t id = 0;
    std::from_chars(text.data(), text.data() + text.size(), id);
    return id;
}

std::string plan_kind(const std::string& plan_json) {
    const auto plan = plan_object(plan_json);
    const auto* value = plan.if_contains("kind");
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool is_single_page(const Release& release) {
    const auto plan = plan_object(release.plan_json);
    const auto* value = plan.if_contains("single_page_app");
    return value && value->is_bool() && value->as_bool();
}

} // namespace panel::deployment
