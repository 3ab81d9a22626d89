#pragma once
// The name of a project: the first label of its default address and part of what its containers are called. 1
// to 40 characters of a-z, 0-9 and inner hyphens, so it can mean nothing else in a host name, a file name or
// a command. Immutable, any thread.

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace panel {

class AppSlug {
  public:
    // Fails with invalid and one plain sentence.
    static Result<AppSlug> parse(std::string_view text);

    [[nodiscard]] const std::string& value() const { return value_; }

    friend bool operator==(const AppSlug&, const AppSlug&) = default;

  private:
    explicit AppSlug(std::string value) : value_(std::move(value)) {}
    std::string value_;
};

} // namespace panel
