#pragma once
// The one-time link with which the first administrator is made: <data>/setup-url, readable for the owner
// only, while there is none. A restart keeps the link that is there. In memory is only the token's SHA-256.
// Loop thread only; prepare() and remove() touch the disk for a moment.

#include <filesystem>
#include <string>
#include <string_view>

namespace panel::auth {

class SetupLink {
  public:
    SetupLink(const std::filesystem::path& data_directory, std::string public_url);

    // Makes the link, or keeps the one in the file; returns it. Throws std::runtime_error when the file
    // cannot be written.
    std::string prepare();
    void remove(); // absent is success
    [[nodiscard]] bool matches(std::string_view token) const;

  private:
    [[nodiscard]] std::string read_token() const; // "" unless the file holds a link of ours

    std::filesystem::path file_;
    std::string prefix_;
    std::string token_hash_; // "" when there is no link
};

} // namespace panel::auth
