#include "services/deployment/release_record.hpp"

#include <boost/json/parse.hpp>

#include <charconv>
#include <string_view>

namespace panel::deployment {

namespace {
constexpr std::string_view files_prefix = "files:";
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

bool is_single_page(const Release& release) {
    boost::system::error_code error;
    const auto plan = boost::json::parse(release.plan_json, error);
    if (error || !plan.is_object()) return false;
    const auto* value = plan.as_object().if_contains("single_page_app");
    return value && value->is_bool() && value->as_bool();
}

} // namespace panel::deployment
