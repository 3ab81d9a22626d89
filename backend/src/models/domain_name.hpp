#pragma once
// A host name that a site can be served under: RFC 1123, lower case, no trailing dot, at least two labels.
// International names only as punycode (xn--), so that what is shown is what is served. No IP address, no
// wildcard. Its characters (a-z, 0-9, '-', '.') can mean nothing else in a Caddyfile. Immutable, any thread.

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace panel {

class DomainName {
  public:
    // Fails with invalid and one plain sentence.
    static Result<DomainName> parse(std::string_view text);

    [[nodiscard]] const std::string& value() const { return value_; }
    // Below .localhost, which every browser resolves to this machine: no certificate can exist for it.
    [[nodiscard]] bool is_localhost() const { return value_.ends_with(".localhost"); }

    friend bool operator==(const DomainName&, const DomainName&) = default;

  private:
    explicit DomainName(std::string value) : value_(std::move(value)) {}
    std::string value_;
};

} // namespace panel
