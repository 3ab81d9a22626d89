#pragma once
// The server's own keys, in files that only it can read: <data>/keys/secrets.key (SecretBox; one key a line,
// the last one encrypts) and <data>/keys/tokens.key (signs access tokens). Made at the first start. Never in
// the database, never in a child's environment. Called once at start-up. Throws std::runtime_error with a
// plain sentence when a file is readable by others, damaged or not ours.

#include "base/secret.hpp"

#include <filesystem>
#include <vector>

namespace panel::crypto {

struct KeyFiles {
    std::vector<Secret> secrets; // 32 bytes each, oldest first; never empty
    Secret tokens;               // 32 bytes

    static KeyFiles open(const std::filesystem::path& directory);
};

} // namespace panel::crypto
