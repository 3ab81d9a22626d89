#pragma once
// The address of a git repository, in one of the three forms that the panel speaks: https:// (and http://,
// which policy allows only to listed private hosts), ssh:// and user@host:path. Nothing that git could read
// as an option, a command, a local path or another transport can be a GitUrl, nor can an address that holds a
// password. Immutable, any thread.

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace panel {

class GitUrl {
  public:
    // Fails with invalid and one plain sentence. Scheme and host come out in lower case, default ports and a
    // trailing '/' are dropped.
    static Result<GitUrl> parse(std::string_view text);

    [[nodiscard]] const std::string& value() const { return value_; }
    [[nodiscard]] const std::string& scheme() const { return scheme_; } // "https", "http" or "ssh"
    [[nodiscard]] const std::string& host() const { return host_; } // an IPv6 address comes without brackets
    [[nodiscard]] std::uint16_t port() const { return port_; }      // never 0
    [[nodiscard]] const std::string& path() const { return path_; } // without the leading '/'
    [[nodiscard]] bool is_ssh() const { return scheme_ == "ssh"; }
    [[nodiscard]] std::string repository_name() const; // last part of the path, without ".git"

    friend bool operator==(const GitUrl&, const GitUrl&) = default;

  private:
    GitUrl() = default;
    static Result<GitUrl> parse_scheme_form(std::string scheme, std::string_view rest);
    static Result<GitUrl> parse_scp_form(std::string_view text);

    std::string value_;
    std::string scheme_;
    std::string host_;
    std::uint16_t port_ = 0;
    std::string path_;
};

} // namespace panel
