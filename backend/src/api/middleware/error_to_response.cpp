#include "api/middleware/error_to_response.hpp"

#include "api/json/json_writer.hpp"
#include "api/json/problem_json.hpp"
#include "api/route.hpp"

namespace panel::api {

namespace {

constexpr auto hidden_detail = "There is nothing here.";
constexpr auto retry_after_seconds = "5";

std::string_view title(int status) {
    switch (status) {
    case 400: return "Bad request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not found";
    case 405: return "Method not allowed";
    case 409: return "Conflict";
    case 413: return "Too large";
    case 415: return "Unsupported media type";
    case 422: return "Invalid";
    case 429: return "Too many requests";
    case 503: return "Unavailable";
    default: return "Internal error";
    }
}

net::Response problem_response(int status, std::string_view code, std::string detail,
                               const std::vector<FieldError>& fields, const std::string& request_id) {
    wire::Problem problem{"about:blank",
                          std::string(title(status)),
                          status,
                          std::string(code),
                          std::move(detail),
                          request_id,
                          {}};
    if (!fields.empty()) {
        std::vector<wire::FieldProblem> errors;
        errors.reserve(fields.size());
        for (const auto& field : fields) errors.push_back({field.field, field.message});
        problem.errors = std::move(errors);
    }
    net::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/problem+json");
    response.body = json::to_json(problem);
    return response;
}

} // namespace

int http_status(Code code) {
    switch (code) {
    case Code::bad_request: return 400;
    case Code::unauthorized: return 401;
    case Code::forbidden: return 403;
    case Code::not_found: return 404;
    case Code::conflict:
    case Code::pinned: return 409;
    case Code::invalid: return 422;
    case Code::too_large: return 413;
    case Code::unsupported_media_type: return 415;
    case Code::too_many_requests: return 429;
    case Code::unavailable:
    case Code::cancelled: return 503; // the server is stopping: the client tries again
    case Code::internal: return 500;
    }
    return 500;
}

std::string_view to_string(Code code) {
    switch (code) {
    case Code::bad_request: return "bad_request";
    case Code::unauthorized: return "unauthorized";
    case Code::forbidden: return "forbidden";
    case Code::not_found: return "not_found";
    case Code::conflict: return "conflict";
    case Code::pinned: return "pinned";
    case Code::invalid: return "invalid";
    case Code::too_large: return "too_large";
    case Code::unsupported_media_type: return "unsupported_media_type";
    case Code::too_many_requests: return "too_many_requests";
    case Code::unavailable:
    case Code::cancelled: return "unavailable";
    case Code::internal: return "internal";
    }
    return "internal";
}

net::Response error_to_response(const Context& context, const Error& error) {
    const auto status = http_status(error.code);
    const bool hidden = error.code == Code::not_found && (!context.route || context.route->has_parameters());
    auto response = problem_response(status, to_string(error.code), hidden ? hidden_detail : error.message,
                                     error.fields, context.request_id);
    if (status == 401) response.headers.add("WWW-Authenticate", "Bearer");
    if (status == 503 || status == 429) response.headers.add("Retry-After", retry_after_seconds);
    return response;
}

net::Response method_not_allowed(const Context& context, std::string allow) {
    auto response =
        problem_response(405, "bad_request", "This path does not know the method.", {}, context.request_id);
    response.headers.add("Allow", std::move(allow));
    return response;
}

} // namespace panel::api
