#pragma once
// The plan of a deployment with its evidence, as it goes over the wire: the detector's own described struct,
// and the repository beside it in the answer of /projects/detect. Plain data.

#include "api/json/field_types.hpp"
#include "base/clock.hpp"
#include "services/framework/plan.hpp"

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace panel::api::json {

template <> struct SchemaName<framework::Evidence> {
    static constexpr std::string_view value = "Evidence";
};

} // namespace panel::api::json

namespace panel::api::wire {

struct Repository {
    static constexpr std::string_view schema_name = "Repository";
    std::string branch;
    std::vector<std::string> branches;
    std::string commit_hash;
    std::string commit_message;
    std::string commit_author;
    Timestamp committed_at;
};
BOOST_DESCRIBE_STRUCT(Repository, (),
                      (branch, branches, commit_hash, commit_message, commit_author, committed_at))

struct Plan : framework::Plan {
    static constexpr std::string_view schema_name = "Plan";
    json::Maybe<Repository> repository; // in the answer of /projects/detect only
};
BOOST_DESCRIBE_STRUCT(Plan, (framework::Plan), (repository))

struct DetectInput {
    static constexpr std::string_view schema_name = "DetectInput";
    json::Text<2048> git_url;
    std::optional<json::Text<250>> git_branch;
    std::optional<json::Text<1024>> root_directory;
};
BOOST_DESCRIBE_STRUCT(DetectInput, (), (git_url, git_branch, root_directory))

} // namespace panel::api::wire
