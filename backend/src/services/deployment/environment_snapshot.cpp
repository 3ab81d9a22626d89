#include "services/deployment/environment_snapshot.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace panel::deployment {

namespace {
crypto::SecretPlace place_of(std::int64_t project_id, std::int64_t deployment_id) { return {"releases", deployment_id, "environment", project_id}; }
} // namespace

std::string seal_snapshot(const crypto::SecretBox& secrets, std::int64_t project_id, std::int64_t deployment_id, const Variables& variables) {
    boost::json::array pairs; // an array, not an object: the order is kept
    for (const auto& [key, value] : variables) pairs.push_back(boost::json::array{key, value});
    return secrets.seal(boost::json::serialize(pairs), place_of(project_id, deployment_id));
}

Result<Variables> open_snapshot(const crypto::SecretBox& secrets, std::int64_t project_id, std::int64_t deployment_id, const std::string& sealed) {
    const auto text = secrets.open(sealed, place_of(project_id, deployment_id));
    if (!text) return std::unexpected(text.error());
    Variables variables;
    const auto pairs = boost::json::parse(text->reveal());
    for (const auto& pair : pairs.as_array()) {
        const auto& entry = pair.as_array();
        variables.emplace_back(entry.at(0).as_string(), entry.at(1).as_string());
    }
    return variables;
}

} // namespace panel::deployment
