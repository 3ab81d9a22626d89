#pragma once
// A repository address that passed policy: its host resolved and checked, and the connection pinned to the
// checked addresses, so that a name cannot answer with another address later (SS02). Loop thread only.

#include "base/result.hpp"
#include "models/git_url.hpp"
#include "services/git/git_command.hpp"
#include "services/git/git_policy.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <string>

namespace panel::git {

class Remote {
  public:
    // Resolves at most 10 s. invalid: refused by policy; unavailable: the host cannot be found.
    static boost::asio::awaitable<Result<Remote>> open(GitUrl url, GitPolicy policy,
                                                       std::filesystem::path known_hosts);

    // Adds protocol, pinning and ssh to a command that goes to this remote.
    void apply(GitCommand& command) const;
    [[nodiscard]] const std::string& address() const { return address_; }
    // The same address with ".git", for servers that redirect to it; false when there is none.
    bool add_suffix();

  private:
    Remote() = default;
    std::string address_;
    std::string scheme_;
    std::string pin_;         // curl's --resolve form, for http and https
    std::string ssh_command_; // for ssh
};

} // namespace panel::git
