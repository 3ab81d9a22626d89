#include "api/socket/topic.hpp"

#include "api/query.hpp"

namespace panel::api {

std::optional<Topic> parse_topic(std::string_view name) {
    if (name == "projects") return Topic{Topic::Kind::projects, 0};
    const auto first = name.find(':');
    if (first == std::string_view::npos) return std::nullopt;
    const auto noun = name.substr(0, first);
    const auto rest = name.substr(first + 1);
    const auto second = rest.find(':');
    const auto id = parse_id(rest.substr(0, second));
    if (!id) return std::nullopt;
    const bool has_part = second != std::string_view::npos;
    const auto part = has_part ? rest.substr(second + 1) : std::string_view{};
    if (noun == "deployment" && !has_part) return Topic{Topic::Kind::deployment, *id};
    if (noun == "deployment" && part == "log") return Topic{Topic::Kind::deployment_log, *id};
    if (noun == "project" && part == "deployments") return Topic{Topic::Kind::project_deployments, *id};
    if (noun == "project" && part == "logs") return Topic{Topic::Kind::project_logs, *id};
    return std::nullopt;
}

} // namespace panel::api
