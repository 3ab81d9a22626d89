#include "services/server/disk_calls.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

namespace panel::server {

namespace json = boost::json;

json::object clean_disk_request(bool dry_run) { return {{"call", clean_disk_call}, {"dry_run", dry_run}}; }

bool is_dry_run(const json::object& request) {
    const auto* value = request.if_contains("dry_run");
    return !value || !value->is_bool() || value->get_bool();
}

json::object to_object(const Cleaned& cleaned) {
    json::array removed;
    for (const auto& each : cleaned.removed) {
        json::object item;
        item["kind"] = to_string(each.kind);
        item["name"] = each.name;
        item["title"] = each.title;
        if (each.project_id) item["project_id"] = *each.project_id;
        item["bytes"] = each.bytes;
        item["reason"] = each.reason;
        item["releases"] = json::value_from(each.releases);
        removed.push_back(std::move(item));
    }
    return {{"removed", std::move(removed)}, {"freed_bytes", cleaned.freed_bytes}};
}

Cleaned cleaned_of(const json::object& answer) {
    Cleaned cleaned;
    cleaned.freed_bytes = json::value_to<std::int64_t>(answer.at("freed_bytes"));
    for (const auto& value : answer.at("removed").as_array()) {
        const auto& item = value.as_object();
        Removal removal;
        removal.kind = parse_disk_kind(item.at("kind").as_string()).value_or(DiskKind::image);
        removal.name = std::string(item.at("name").as_string());
        removal.title = std::string(item.at("title").as_string());
        if (const auto* project = item.if_contains("project_id"))
            removal.project_id = json::value_to<std::int64_t>(*project);
        removal.bytes = json::value_to<std::int64_t>(item.at("bytes"));
        removal.reason = std::string(item.at("reason").as_string());
        removal.releases = json::value_to<std::vector<std::int64_t>>(item.at("releases"));
        cleaned.removed.push_back(std::move(removal));
    }
    return cleaned;
}

} // namespace panel::server
