#pragma once
// The one error vocabulary. An outcome that the caller's input can cause is a Result; a broken environment is
// an exception. Error::message is shown to users: one plain sentence, no paths, no internals. Any thread.

#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace panel {

enum class Code {
    bad_request,
    unauthorized,
    forbidden,
    not_found,
    conflict,
    pinned, // a conflict of its own: the project keeps its live release until the pin is released
    invalid,
    too_large,
    unsupported_media_type,
    too_many_requests,
    unavailable,
    internal,
    cancelled, // never leaves the server: the work was asked to stop
};

struct FieldError {
    std::string field;
    std::string message;
};

struct Error {
    Code code = Code::internal;
    std::string message;
    std::vector<FieldError> fields;
};

template <class T> using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string message) {
    return std::unexpected(Error{code, std::move(message), {}});
}

// A refusal of one input field; the message reads after "<field>: ".
[[nodiscard]] inline std::unexpected<Error> fail_field(std::string field, std::string message) {
    Error error{Code::invalid, field + ": " + message, {}};
    error.fields.push_back({std::move(field), std::move(message)});
    return std::unexpected(std::move(error));
}

} // namespace panel
