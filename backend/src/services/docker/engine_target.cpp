#include "services/docker/engine_target.hpp"

#include "services/docker/docker_engine.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/grammar/lut_chars.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace panel::docker {

namespace urls = boost::urls;

std::string encode_segment(std::string_view text) {
    // A segment of dots alone would be taken for a way up.
    if (text == "." || text == "..") return text.size() == 1 ? "%2E" : "%2E%2E";
    return urls::encode(text, urls::unreserved_chars);
}

std::string encode_reference(std::string_view reference) {
    std::string path;
    for (;;) {
        const auto end = reference.find('/');
        path += encode_segment(reference.substr(0, end));
        if (end == std::string_view::npos) return path;
        path += '/';
        reference.remove_prefix(end + 1);
    }
}

std::string with_query(std::string path, const std::vector<std::pair<std::string, std::string>>& query) {
    char separator = '?';
    for (const auto& [key, value] : query) {
        path += separator;
        path += encode_segment(key) + "=" + encode_segment(value);
        separator = '&';
    }
    return path;
}

std::string json_texts(const std::map<std::string, std::string>& texts) {
    boost::json::object object;
    for (const auto& [key, value] : texts) object[key] = value;
    return boost::json::serialize(object);
}

std::string build_target(const BuildRequest& request) {
    std::vector<std::pair<std::string, std::string>> query{
        {"version", "2"}, // BuildKit
        {"rm", "1"},
        {"dockerfile", request.dockerfile},
    };
    if (!request.tag.empty()) query.emplace_back("t", request.tag);
    if (!request.target.empty()) query.emplace_back("target", request.target);
    if (!request.build_id.empty()) query.emplace_back("buildid", request.build_id);
    if (!request.build_arguments.empty())
        query.emplace_back("buildargs", json_texts(request.build_arguments));
    if (!request.labels.empty()) query.emplace_back("labels", json_texts(request.labels));
    if (request.no_cache) query.emplace_back("nocache", "1");
    return with_query("/build", query);
}

} // namespace panel::docker
