#pragma once
// An error answer: RFC 9457 problem document. Plain data.

#include "api/json/field_types.hpp"
#include "base/result.hpp"

#include <boost/describe/class.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace panel::api::wire {

struct FieldProblem {
    static constexpr std::string_view schema_name = "FieldProblem";
    std::string field;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(FieldProblem, (), (field, message))

struct Problem {
    static constexpr std::string_view schema_name = "Problem";
    std::string type; // always "about:blank": `code` tells errors apart
    std::string title;
    int status = 500;
    std::string code;
    std::string detail;
    std::string request_id;
    json::Maybe<std::vector<FieldProblem>> errors; // of fields only
};
BOOST_DESCRIBE_STRUCT(Problem, (), (type, title, status, code, detail, request_id, errors))

} // namespace panel::api::wire
